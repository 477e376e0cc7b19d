package db_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
)

// childURL tells a child process of this test which database it is to write to.
const childURL = "DB_TEST_CHILD"

// writeUntilKilled is the child: it writes with many callers and tells of each row that is acknowledged.
func writeUntilKilled(url string) {
	var from int
	if _, err := fmt.Sscan(os.Getenv(childURL+"_FROM"), &from); err != nil {
		panic(err)
	}
	d, err := db.Open(url, patient())
	if err != nil {
		panic(err)
	}
	for w := range 16 {
		go func() {
			for id := from + w; ; id += 16 {
				if d.Write(thing(id, fmt.Sprint(id))) == nil {
					fmt.Printf("row %d\n", id)
				}
			}
		}()
	}
	select {}
}

func TestAKilledProcessLosesNothingAcknowledged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		if err := open(t, url).Close(); err != nil {
			t.Fatal(err)
		}
		acknowledged := map[int]bool{}
		for round := range 5 {
			killed(t, url, round, acknowledged)
		}
		if len(acknowledged) < 100 {
			t.Fatalf("only %d rows were acknowledged", len(acknowledged))
		}
		d, err := db.Open(url, db.DefaultOptions())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = d.Close() }()
		rows, err := d.Select(context.Background(), db.Query{Table: "things", Columns: []string{"id"}})
		if err != nil {
			t.Fatal(err)
		}
		all := len(acknowledged)
		for _, r := range rows {
			delete(acknowledged, int(r.Int(0)))
		}
		if len(acknowledged) > 0 {
			t.Errorf("%d of %d acknowledged rows are missing", len(acknowledged), all)
		}
	})
}

// killed runs a child until it has written some rows, kills it, and notes the rows that were acknowledged to it.
func killed(t *testing.T, url string, round int, acknowledged map[int]bool) {
	t.Helper()
	child := exec.Command(os.Args[0]) //nolint:gosec // this test itself
	child.Env = append(os.Environ(), childURL+"="+url, fmt.Sprintf("%s_FROM=%d", childURL, round*10_000_000))
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if n == 25*round+25 { // it is killed amid its work, each time elsewhere
			_ = child.Process.Kill()
		}
		text, ok := strings.CutPrefix(lines.Text(), "row ")
		var id int
		if _, err := fmt.Sscan(text, &id); ok && err == nil {
			acknowledged[id] = true
		}
	}
	_ = child.Wait() // it was killed
}

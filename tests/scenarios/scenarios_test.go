package scenarios

import (
	"flag"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/moonroute/moonroute/core/transport"
	"github.com/moonroute/moonroute/core/transport/fakenet"
)

var (
	record = flag.Bool("record", false, "write the transcripts anew, with the program of -server")
	server = flag.String("server", "kamailio", "the program whose behaviour -record writes down")
)

func TestScenarios(t *testing.T) {
	cases, err := Load("cases")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			switch {
			case *record && c.Own == "":
				save(t, c, func() (string, error) {
					return Play(c, transport.RealNet{}, func() (Server, error) { return StartProcess(*server, c) })
				})
			case *record:
				synctest.Test(t, func(t *testing.T) { save(t, c, func() (string, error) { return playInside(t, c) }) })
			default:
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { compareCase(t, c) })
			}
		})
	}
}

func save(t *testing.T, c *Case, play func() (string, error)) {
	text, err := play()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Save(text); err != nil {
		t.Fatal(err)
	}
}

func playInside(t *testing.T, c *Case) (string, error) {
	n := new(fakenet.Pipes)
	return Play(c, n, func() (Server, error) { return startInside(t, n, c) })
}

func compareCase(t *testing.T, c *Case) {
	if c.Transcript == "" {
		t.Fatal("no transcript: record it (go test ./tests/scenarios -record -run /" + c.Name + ")")
	}
	text, err := playInside(t, c)
	if err != nil {
		t.Error(err)
	}
	want, got := c.compared(c.Transcript), c.compared(text)
	if want != got {
		t.Error("the transcript differs (- recorded, + now):\n" + difference(want, got))
	}
}

// difference shows the lines that differ, with the last step or message before them.
func difference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	var out strings.Builder
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(a) > 0 && len(b) > 0 && a[0] == b[0]:
			fmt.Fprintf(&out, "  %s\n", a[0])
			a, b = a[1:], b[1:]
		case len(a) > 0 && !contains(b, a[0]):
			fmt.Fprintf(&out, "- %s\n", a[0])
			a = a[1:]
		case len(b) > 0:
			fmt.Fprintf(&out, "+ %s\n", b[0])
			b = b[1:]
		default:
			fmt.Fprintf(&out, "- %s\n", a[0])
			a = a[1:]
		}
	}
	return out.String()
}

// contains looks a few lines ahead.
func contains(lines []string, line string) bool {
	for _, x := range lines[:min(len(lines), 12)] {
		if x == line {
			return true
		}
	}
	return false
}

package pipelimit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/dbtest"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/kemi/kemitest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func row(name, algorithm string, bound int) db.Write {
	return db.Insert("pl_pipes", db.Col{Name: "pipeid", Value: name}, db.Col{Name: "algorithm", Value: algorithm}, db.Col{Name: "plimit", Value: bound})
}

// TestTable: the pipes of the table are there, each with its algorithm and limit.
func TestTable(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := dbtest.Tables(t, url, "pl_pipes")
		if err := d.Write(row("trunk", "TAILDROP", 2), row("free", "NOP", 0)); err != nil {
			t.Fatal(err)
		}
		h := kemitest.Start(t, fmt.Sprintf("modparam(\"pipelimit\", \"db_url\", %q)\n", url), Module)
		h.Run(invite, func(c *kemi.Ctx) {
			got := []int{call(h, c, "pl_check trunk"), call(h, c, "pl_check trunk"), call(h, c, "pl_check trunk"), call(h, c, "pl_check free"), call(h, c, "pl_check other")}
			if want := []int{1, 1, -1, 2, -2}; fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("the checks give %v, want %v", got, want)
			}
		})
	})
}

// TestBadTable: a pipe with an algorithm that nobody knows is named.
func TestBadTable(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, url string) {
		d := dbtest.Tables(t, url, "pl_pipes")
		if err := d.Write(row("trunk", "LEAKY", 2)); err != nil {
			t.Fatal(err)
		}
		h, err := kemitest.New(t, fmt.Sprintf("modparam(\"pipelimit\", \"db_url\", %q)\n", url), Module)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Server.Start(); err == nil || !strings.Contains(err.Error(), `pipe "trunk": there is no algorithm "LEAKY"`) {
			t.Error(err)
		}
	})
}

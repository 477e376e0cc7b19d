package kemi

import (
	"fmt"
	"time"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/tm"
)

// ScriptVersion tells which scripts run, and since when and why.
type ScriptVersion struct {
	Number int       // 1 is what the start loaded
	Hash   string    // of the texts of all files, in hexadecimal digits
	Loaded time.Time // when new messages began to use it
	By     string    // who asked for it: "start", "signal", "watch" or an RPC client
	Files  []string  // the scripts, then the files that they required
}

// ScriptCounts are how often something ended a script, and how often scripts were loaded anew.
type ScriptCounts struct {
	Failures      int64 // routes that ended with an error, whichever it was
	TimeLimit     int64 // runs past the time limit
	MemoryLimit   int64 // refused texts and tables, and runs past the memory limit
	StackLimit    int64 // calls or values too deep
	StateLimit    int64 // runs that found no free state
	Reloads       int64 // that were taken over
	BrokenReloads int64 // that failed and changed nothing
	States        int64 // states that there are now, those of older versions included
}

// ScriptReporter is what an engine tells of its scripts, if it can.
type ScriptReporter interface {
	// Present is the version that new messages use; false before the first Load.
	Present() (ScriptVersion, bool)
	// Counts are the counters since the start.
	Counts() ScriptCounts
	// VersionNumber is the number of a version that a callback was armed under, 0 for none.
	VersionNumber(armed any) int
}

// Reload loads the scripts anew: all for -1, or the one with that index. By says who asks. A failed
// reload changes nothing; both outcomes are logged.
func (s *Server) Reload(index int, by string) error {
	if err := s.Engine.Reload(index, by); err != nil {
		s.Log.Write(log.Err, "<script>", "reload by "+by+" failed, and the scripts stay as they are: "+err.Error())
		return err
	}
	s.Log.Write(log.Notice, "<script>", "reloaded by "+by+": "+s.present())
	return nil
}

func (s *Server) present() string {
	r, ok := s.Engine.(ScriptReporter)
	if !ok {
		return "done"
	}
	v, _ := r.Present()
	return fmt.Sprintf("version %d, %s, %d files", v.Number, v.Hash, len(v.Files))
}

// Holders counts the transactions whose callbacks were armed under other versions of the
// scripts than the present one, by version number. It looks into every shard and may block.
func (s *Server) Holders() map[int]int {
	holders := map[int]int{}
	r, ok := s.Engine.(ScriptReporter)
	if !ok {
		return holders
	}
	present, _ := r.Present()
	for i := range s.shards {
		s.OnShard(i, func(sh *Shard) {
			sh.TM.Each(func(t *tm.Transaction) bool {
				for n := range versionsOf(t, r) {
					if n != present.Number {
						holders[n]++
					}
				}
				return true
			})
		})
	}
	return holders
}

// versionsOf are the versions that a transaction's callbacks were armed under.
func versionsOf(t *tm.Transaction, r ScriptReporter) map[int]bool {
	versions := map[int]bool{}
	t.EachArmed(func(cb route.Callback) {
		if n := r.VersionNumber(cb.Version); n > 0 {
			versions[n] = true
		}
	})
	return versions
}

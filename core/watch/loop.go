package watch

import (
	"context"
	"time"
)

// loop decides when to call Changed. Its only sense of the world is that something happened.
type loop struct {
	Watch
	follow func(folders []string)
	seen   texts
	failed bool
}

func (l *loop) run(ctx context.Context, events <-chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-events:
		}
		for again := true; again; again = l.check() {
			if !settled(ctx, events) {
				return
			}
		}
	}
}

// settled waits until no event has come for a while; false if ctx has ended.
func settled(ctx context.Context, events <-chan struct{}) bool {
	limit := time.NewTimer(maxSettle)
	defer limit.Stop()
	quiet := time.NewTimer(Settle)
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-quiet.C:
			return true
		case <-limit.C:
			return true
		case <-events:
			quiet.Reset(Settle)
		}
	}
}

// check calls Changed if a file has another text, and tells whether one has changed again meanwhile. A file that is missing is
// about to be replaced: the event of its coming back is waited for.
func (l *loop) check() (again bool) {
	before := read(l.Files())
	if !before.complete() || before.same(l.seen) && !l.failed {
		return false
	}
	l.failed = l.Changed() != nil
	l.look()
	return l.seen.take(before)
}

// look follows the folders of the present files, and then notes their texts: a change is seen by one or the other.
func (l *loop) look() {
	files := l.Files()
	l.follow(folders(files))
	l.seen = read(files)
}

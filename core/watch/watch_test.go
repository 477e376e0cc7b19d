package watch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// bench is a loop whose events come from the test.
type bench struct {
	*loop
	t       *testing.T
	files   []string
	events  chan struct{}
	calls   atomic.Int32
	answer  error
	during  func() // while Changed runs
	folders []string
}

func newBench(t *testing.T, files ...string) *bench {
	b := &bench{t: t, files: files, events: make(chan struct{}, 1)}
	b.loop = &loop{
		Watch: Watch{
			Files: func() []string { return b.files },
			Changed: func() error {
				b.calls.Add(1)
				if b.during != nil {
					b.during()
				}
				return b.answer
			},
		},
		follow: func(folders []string) { b.folders = folders },
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	b.look()
	go func() { defer close(done); b.run(ctx, b.events) }()
	t.Cleanup(func() { stop(); <-done })
	synctest.Wait()
	return b
}

// event is one, after which d passes.
func (b *bench) event(d time.Duration) {
	b.events <- struct{}{}
	time.Sleep(d)
	synctest.Wait()
}

func (b *bench) expect(calls int32, when string) {
	b.t.Helper()
	if n := b.calls.Load(); n != calls {
		b.t.Errorf("%s: called %d times, want %d", when, n, calls)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestChangesSettle(t *testing.T) {
	dir := t.TempDir()
	main, part := filepath.Join(dir, "main.lua"), filepath.Join(dir, "part.lua")
	write(t, main, "one")
	write(t, part, "one")
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, main, part)
		b.event(Settle)
		b.expect(0, "nothing has changed")
		write(t, main, "two")
		b.event(Settle / 2)
		b.event(Settle / 2)
		b.expect(0, "the folder is not quiet yet")
		time.Sleep(Settle)
		synctest.Wait()
		b.expect(1, "it is quiet")
		b.event(Settle)
		b.expect(1, "the same text again")
		write(t, part, "three")
		b.event(Settle)
		b.expect(2, "another file")
	})
}

func TestARestlessFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "main.lua")
	write(t, file, "one")
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, file)
		write(t, file, "two")
		for range 25 {
			b.event(Settle / 2)
		}
		b.expect(1, "a file beside is written all the time")
	})
}

// TestAChangeDuringTheCall: what changes while Changed runs is no older than what it has read.
func TestAChangeDuringTheCall(t *testing.T) {
	file := filepath.Join(t.TempDir(), "main.lua")
	write(t, file, "one")
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, file)
		b.during = func() {
			if b.calls.Load() == 1 {
				write(t, file, "three")
			}
		}
		write(t, file, "two")
		b.event(3 * Settle)
		b.expect(2, "a change that was missed by the events")
		b.event(Settle)
		b.expect(2, "nothing more")
	})
}

func TestAMissingFileIsWaitedFor(t *testing.T) {
	file := filepath.Join(t.TempDir(), "main.lua")
	write(t, file, "one")
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, file)
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		b.event(Settle)
		b.expect(0, "the file is gone")
		write(t, file, "two")
		b.event(Settle)
		b.expect(1, "it is back")
	})
}

func TestAFailureIsTriedAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "main.lua")
	write(t, file, "one")
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, file)
		b.answer = errors.New("a file that it requires is missing")
		write(t, file, "two")
		b.event(Settle)
		b.expect(1, "the change")
		b.answer = nil
		b.event(Settle)
		b.expect(2, "something happened beside it")
		b.event(Settle)
		b.expect(2, "all is well")
	})
}

func TestNewFilesAreFollowed(t *testing.T) {
	one, two := filepath.Join(t.TempDir(), "one.lua"), filepath.Join(t.TempDir(), "two.lua")
	write(t, one, "1")
	write(t, two, "2")
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, one)
		b.files = append(b.files, two)
		write(t, one, "requires two")
		b.event(Settle)
		if !slices.Contains(b.folders, filepath.Dir(two)) {
			t.Errorf("%v lacks the folder of the second file", b.folders)
		}
		write(t, two, "other")
		b.event(Settle)
		b.expect(2, "the second file")
	})
}

// TestOnDisk sees real notifications: of a file that is written to, one that is renamed over, and a folder behind a link.
func TestOnDisk(t *testing.T) {
	dir := t.TempDir()
	for _, release := range []string{"1", "2"} {
		if err := os.Mkdir(filepath.Join(dir, release), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, release, "main.lua"), release)
	}
	current := filepath.Join(dir, "current")
	link := func(release string) {
		if err := errors.Join(os.Symlink(release, current+".new"), os.Rename(current+".new", current)); err != nil {
			t.Fatal(err)
		}
	}
	link("1")
	file := filepath.Join(current, "main.lua")
	changed := make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	x, err := Watch{
		Files:  func() []string { return []string{file} },
		Report: func(err error) { t.Log(err) },
		Changed: func() error {
			select {
			case changed <- struct{}{}:
			case <-ctx.Done():
			}
			return nil
		},
	}.Start()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); x.Run(ctx) }()
	steps := map[string]func(n string){
		"written to": func(n string) { write(t, file, n) },
		"renamed over": func(n string) {
			write(t, file+".new", n)
			if err := os.Rename(file+".new", file); err != nil {
				t.Fatal(err)
			}
		},
		"another release": func(n string) {
			write(t, filepath.Join(dir, "2", "main.lua"), n)
			link("2")
		},
	}
	for _, name := range []string{"written to", "renamed over", "another release", "written to"} {
		notices(t, name, steps[name], changed)
	}
	stop()
	<-done
}

// notices makes a change and waits until it is noticed.
func notices(t *testing.T, name string, change func(n string), changed <-chan struct{}) {
	t.Helper()
	change(name + time.Now().String())
	select {
	case <-changed:
	case <-time.After(time.Minute):
		t.Fatalf("not noticed: %s", name)
	}
}

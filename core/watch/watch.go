// Package watch tells when files change on disk. It looks at folders rather than files, since
// editors and deployments replace a file by renaming another one over it.
package watch

import (
	"context"
	"fmt"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Settle is how long a folder has to be quiet before files count as changed: an editor writes in several steps.
const Settle = 200 * time.Millisecond

// maxSettle bounds the wait where something else in the folder never rests.
const maxSettle = 10 * Settle

// Watch is what is watched, and what is done about it.
type Watch struct {
	// Files names the files; it is asked anew after each change.
	Files func() []string
	// Changed is called when the text of a file is another one, and again after an error
	// whenever something happens in their folders. It may block.
	Changed func() error
	// Report is told of what could not be watched.
	Report func(error)
}

// Watcher watches from Start on.
type Watcher struct {
	loop     *loop
	notifier *fsnotify.Watcher
}

// Start begins to watch: what changes from now on is noticed once Run runs. The error is that of
// the system's notifications.
func (w Watch) Start() (*Watcher, error) {
	notifier, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch: %w", err)
	}
	l := &loop{Watch: w, follow: func(folders []string) { w.follow(notifier, folders) }}
	l.look()
	return &Watcher{l, notifier}, nil
}

// Run calls Changed until ctx ends, and closes the watcher.
func (x *Watcher) Run(ctx context.Context) {
	defer x.notifier.Close()
	events := make(chan struct{}, 1)
	go x.loop.forward(x.notifier, events)
	x.loop.run(ctx, events)
}

// forward makes one event of many; it ends when the notifier is closed.
func (w Watch) forward(notifier *fsnotify.Watcher, events chan<- struct{}) {
	for {
		select {
		case _, ok := <-notifier.Events:
			if !ok {
				return
			}
		case err, ok := <-notifier.Errors: // a queue that overflowed has lost events: look as well
			if !ok {
				return
			}
			w.Report(fmt.Errorf("watch: %w", err))
		}
		select {
		case events <- struct{}{}:
		default:
		}
	}
}

// follow watches these folders and no others.
func (w Watch) follow(notifier *fsnotify.Watcher, folders []string) {
	for _, old := range notifier.WatchList() {
		_ = notifier.Remove(old) // also what stays: a folder of the same name may be another one by now
	}
	for _, folder := range folders {
		if err := notifier.Add(folder); err != nil {
			w.Report(fmt.Errorf("watch: %s: %w", folder, err))
		}
	}
}

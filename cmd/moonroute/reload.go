package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/moonroute/moonroute/core/watch"
	"github.com/moonroute/moonroute/kemi"
)

// reloadOnSignal reloads the scripts at each SIGHUP, until the server stops.
func (s *service) reloadOnSignal() {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	s.OnReady(func() {
		s.Go(func(ctx context.Context) {
			defer signal.Stop(hangup)
			for {
				select {
				case <-ctx.Done():
					return
				case <-hangup:
					s.reload()
				}
			}
		})
	})
}

// reload tells the service manager how it went; the log has it too.
func (s *service) reload() {
	s.manager.Reloading()
	if err := s.Reload(-1, "signal"); err != nil {
		s.manager.Ready("the last reload failed, the scripts are as before: " + err.Error())
		return
	}
	s.manager.Ready(s.status())
}

// reloadOnChange reloads the scripts when one of them, or a file that they required, has changed.
func reloadOnChange(server *kemi.Server) {
	w := watch.Watch{
		Files:   func() []string { return scriptFiles(server) },
		Changed: func() error { return server.Reload(-1, "watch") },
		Report:  func(err error) { server.Log.Warning("<core>", err.Error()) },
	}
	server.OnReady(func() {
		watcher, err := w.Start()
		if err != nil {
			server.Log.Error("<core>", "the scripts are not watched: "+err.Error())
			return
		}
		server.Go(watcher.Run)
	})
}

// scriptFiles are the files of the present scripts.
func scriptFiles(server *kemi.Server) []string {
	if r, ok := server.Engine.(kemi.ScriptReporter); ok {
		v, _ := r.Present()
		return v.Files
	}
	return server.Engine.Files()
}

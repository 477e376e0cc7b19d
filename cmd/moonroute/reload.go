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
func reloadOnSignal(server *kemi.Server) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	server.OnReady(func() {
		server.Go(func(ctx context.Context) {
			defer signal.Stop(hangup)
			for {
				select {
				case <-ctx.Done():
					return
				case <-hangup:
					_ = server.Reload(-1, "signal") // the log has it
				}
			}
		})
	})
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

package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/moonroute/moonroute/core/notify"
	"github.com/moonroute/moonroute/kemi"
)

// service is a server in this process, with the signals and the service manager that it obeys.
type service struct {
	*kemi.Server
	manager *notify.Manager
	stops   chan os.Signal
}

// serve runs the server until a signal has stopped it.
func (f *flags) serve(ctx context.Context, server *kemi.Server) error {
	manager, err := notify.FromEnvironment()
	if err != nil {
		server.Log.Warning("<core>", err.Error())
	}
	s := &service{server, manager, make(chan os.Signal, 1)}
	signal.Notify(s.stops, syscall.SIGINT, syscall.SIGTERM)
	s.reloadOnSignal()
	if f.watch {
		reloadOnChange(server)
	}
	defer f.removePID()
	started := make(chan struct{})
	go f.leaveIfStopped(s, started)
	if err := f.start(ctx, s); err != nil {
		return err
	}
	close(started)
	defer server.Stop()
	manager.Ready(s.status())
	server.Go(func(ctx context.Context) {
		manager.Watch(ctx, server.Alive, func(err error) { server.Log.Error("<core>", "the watchdog is not told of us: "+err.Error()) })
	})
	select {
	case <-s.stops:
	case <-ctx.Done():
	}
	s.finish(ctx)
	return nil
}

// leaveIfStopped ends the process at a signal that comes before the server has started: a database that does not answer, or a
// script that waits while it is loaded, would keep it. Nothing has begun yet that would have to end first.
func (f *flags) leaveIfStopped(s *service, started <-chan struct{}) {
	select {
	case <-started:
	case <-s.stops:
		s.Log.Notice("<core>", "stopped before the server was ready")
		f.removePID()
		os.Exit(0)
	}
}

// start brings the server up, with no more rights than it needs.
func (f *flags) start(ctx context.Context, s *service) error {
	settle, err := f.giveUpRights(s.Server)
	if err != nil {
		return err
	}
	if f.script != "" {
		if err := prepareDatabase(ctx, f.script); err != nil {
			return err
		}
	}
	var settled error
	s.OnReady(func() { settled = settle() })
	if err := s.Start(); err != nil {
		return err
	}
	if settled == nil {
		settled = f.writePID(nil)
	}
	if settled != nil {
		s.Stop()
	}
	return settled
}

// status is how the server is, in a line for the operator.
func (s *service) status() string {
	return fmt.Sprintf("serving on %d sockets, %d scripts", len(s.Core.Sockets()), len(s.Engine.Files()))
}

// closing is how long the service manager is asked to wait for modules and databases after the rest.
const closing = 30 * time.Second

// finish lets what was begun end, as long as exit_timeout allows or until a second signal comes. A third one ends the
// process as it is.
func (s *service) finish(ctx context.Context) {
	most := s.ExitTimeout()
	s.Core.Finish() // before anybody hears of it
	s.Log.Notice("<core>", fmt.Sprintf("stopping: new requests are refused, what was begun has %v to end; a second signal ends it now", most))
	s.manager.Stopping("stopping", most+closing)
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	go func() {
		select {
		case <-s.stops:
			cancel()
		case <-ctx.Done():
		}
	}()
	left := s.Finish(ctx)
	signal.Stop(s.stops)
	s.manager.Status("closing modules and databases")
	if left > 0 {
		s.Log.Warning("<core>", fmt.Sprintf("stopped while %d transactions and messages had not ended", left))
	}
}

package rpc

import (
	"context"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"
)

// Options are the limits and permissions of a carrier. The zero value is ready to use.
type Options struct {
	// Mode is the permissions of a socket file or FIFO; 0 is 0600, its owner alone.
	Mode fs.FileMode
	// Owner changes who owns the file, when set.
	Owner *Owner
	// MaxRequest is the size in bytes of the largest request that is read; 0 is 65,536.
	MaxRequest int
	// MaxReply is the size in bytes of the largest reply; 0 is what the carrier can take,
	// and 16 MiB for streams, FIFOs and HTTP. A larger reply becomes a fault.
	MaxReply int
	// MaxClients is how many stream or HTTP clients are served at a time; 0 is 64.
	MaxClients int
	// Workers is how many datagrams are answered at a time; 0 is 4.
	Workers int
	// Timeout ends the context of a command that runs longer; 0 is one minute.
	Timeout time.Duration
	// IOTimeout is how long a client may take to send the rest of a request it began, or
	// to take the reply; 0 is 5 seconds.
	IOTimeout time.Duration
	// IdleTimeout is how long a stream client may stay without a request; 0 is one hour,
	// since an interactive kamcmd keeps its connection.
	IdleTimeout time.Duration
	// Pretty indents JSON replies.
	Pretty bool
	// ReplyDir is where the reply FIFOs of a FIFO's clients are; "" is /tmp.
	ReplyDir string
	// Report is told why a request or a client was refused; nil ignores it. It is called
	// from the carrier's goroutines and must not block.
	Report func(error)
}

// Owner is a user and a group by their numbers; -1 leaves one as it is.
type Owner struct{ UID, GID int }

const defaultMaxReply = 16 << 20

func (o Options) withDefaults() Options {
	orElse(&o.Mode, 0o600)
	orElse(&o.MaxRequest, 64<<10)
	orElse(&o.MaxClients, 64)
	orElse(&o.Workers, 4)
	orElse(&o.Timeout, time.Minute)
	orElse(&o.IOTimeout, 5*time.Second)
	orElse(&o.IdleTimeout, time.Hour)
	orElse(&o.ReplyDir, "/tmp")
	if o.Report == nil {
		o.Report = func(error) {}
	}
	return o
}

func orElse[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

// CarrierStats counts what a carrier did since it started.
type CarrierStats struct {
	Requests uint64 // that were answered, with a fault or without
	Refused  uint64 // too large, no request at all, or from one client too many
	Lost     uint64 // replies that the client did not take
}

// Carrier is one running socket, FIFO or listener.
type Carrier struct {
	addr   string
	opts   Options
	ctx    context.Context // ends when the carrier closes
	cancel context.CancelFunc
	wake   func() // makes blocked readers return
	tidy   func() // removes files, when all is quiet
	once   sync.Once
	wg     sync.WaitGroup

	requests, refused, lost atomic.Uint64
}

// newCarrier makes a carrier that closes with ctx. The caller starts its goroutines with
// go; wake must make them return once the carrier's context has ended.
func newCarrier(ctx context.Context, addr string, opts Options, wake, tidy func()) *Carrier {
	c := &Carrier{addr: addr, opts: opts, wake: wake, tidy: tidy}
	c.ctx, c.cancel = context.WithCancel(ctx)
	context.AfterFunc(c.ctx, c.shut)
	return c
}

// Addr is the address as the carrier was asked to serve it.
func (c *Carrier) Addr() string { return c.addr }

// Stats are the carrier's counters.
func (c *Carrier) Stats() CarrierStats {
	return CarrierStats{c.requests.Load(), c.refused.Load(), c.lost.Load()}
}

// Close ends the carrier, waits for the requests that run, whose contexts end, and removes
// the carrier's files. It may be called more than once.
func (c *Carrier) Close() {
	c.cancel()
	c.shut()
	c.wg.Wait()
}

// shut runs when the context ends, by Close or by the server's stop.
func (c *Carrier) shut() {
	c.once.Do(func() {
		c.wake()
		c.wg.Wait()
		c.tidy()
	})
}

func (c *Carrier) closing() bool { return c.ctx.Err() != nil }

// commandContext is the context of one command, which a client with some address asks for.
func (c *Carrier) commandContext(peer string) (context.Context, context.CancelFunc) {
	return context.WithTimeout(WithClient(c.ctx, clientName(c.addr, peer)), c.opts.Timeout)
}

func (c *Carrier) refuse(from string, err error) {
	c.refused.Add(1)
	c.opts.Report(fmt.Errorf("rpc: %s: request from %s refused: %w", c.addr, from, err))
}

func (c *Carrier) lose(to string, err error) {
	c.lost.Add(1)
	c.opts.Report(fmt.Errorf("rpc: %s: reply to %s lost: %w", c.addr, to, err))
}

package rpc

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"
)

// Client is one connection to a server's control interface. It is used by one goroutine
// at a time.
type Client struct {
	conn net.Conn
	talk dialogue
	next uint32 // the id or cookie of the next call
}

// dialogue is a protocol's client side.
type dialogue interface {
	request(id uint32, name string, params []Value) ([]byte, error)
	// reply reads until the answer to the id has come.
	reply(conn net.Conn, id uint32) (*Reply, error)
}

// Reply is the answer to a call. Exactly one of Values and Fault means something.
type Reply struct {
	// Values are in the order in which the server gave them. A JSON result is one value,
	// or the entries of its array.
	Values []Value
	// Fault is what the server reported instead of a result.
	Fault *Fault
}

// maxClientReply is the largest reply a client takes.
const maxClientReply = 64 << 20

// Dial connects to a control interface:
//
//   - "dgram:/path" and "dgram:udp:host:port" speak JSON-RPC to a datagram socket,
//   - "unix:/path", "unixs:/path", "unixd:/path", "tcp:host:port" and "udp:host:port"
//     speak the binary protocol to what the ctl module calls so.
//
// It blocks until the connection is made or ctx ends.
func Dial(ctx context.Context, addr string) (*Client, error) {
	rest, isJSON := strings.CutPrefix(addr, "dgram:")
	parse, talk := parseBinaryAddress, dialogue(binaryDialogue{})
	if isJSON {
		parse, talk = parseJSONAddress, jsonDialogue{}
	}
	a, err := parse(rest)
	if err != nil {
		return nil, err
	}
	conn, err := dial(ctx, a)
	if err != nil {
		return nil, fmt.Errorf("rpc: %w", err)
	}
	return &Client{conn: conn, talk: talk}, nil
}

// Close ends the connection.
func (c *Client) Close() error { return c.conn.Close() }

// Call runs a command on the server and waits for its answer or the end of ctx. Parameters
// are strings, integers or float64. What the server refuses is in Reply.Fault; an error
// means that there was no answer, and the client is of no further use.
func (c *Client) Call(ctx context.Context, name string, params ...Value) (*Reply, error) {
	stop := context.AfterFunc(ctx, func() { _ = c.conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	c.next++
	request, err := c.talk.request(c.next, name, params)
	if err != nil {
		return nil, err
	}
	if _, err := c.conn.Write(request); err != nil {
		return nil, callError(ctx, name, err)
	}
	reply, err := c.talk.reply(c.conn, c.next)
	if err != nil {
		return nil, callError(ctx, name, err)
	}
	return reply, nil
}

func callError(ctx context.Context, name string, err error) error {
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return fmt.Errorf("rpc: call %s: %w", name, err)
}

func dial(ctx context.Context, a address) (net.Conn, error) {
	if a.network == "unixgram" {
		return dialUnixgram(a.where)
	}
	var d net.Dialer
	return d.DialContext(ctx, a.network, a.where)
}

package scenarios

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/transport"
)

// patience is how long a peer waits for a message that must come.
const patience = 5 * time.Second

// Server is what the steps are played against.
type Server interface {
	// RPC calls a command and gives the answer as text.
	RPC(ctx context.Context, method string, params []any) string
	// Stop ends the server, and gives what it logged.
	Stop() (log string, err error)
}

// player plays one case.
type player struct {
	server Server
	net    transport.Net
	peers  map[string]*Peer
	ways   map[*Message]func(string) error // back to where a request came from
	out    []string                        // the transcript, a piece a step
	cell   [2]string                       // tindex and tlabel of the last RPC answer
	later  chan string                     // answer of "rpc begin"
}

// Play plays the steps of a case and gives the transcript.
func Play(c *Case, n transport.Net, start func() (Server, error)) (string, error) {
	p := &player{net: n, peers: map[string]*Peer{}, ways: map[*Message]func(string) error{}}
	defer func() {
		for _, peer := range p.peers {
			peer.close()
		}
	}()
	for _, s := range c.Steps {
		if err := p.meet(s.Peer); err != nil {
			return "", err
		}
	}
	server, err := start()
	if err != nil {
		return "", err
	}
	p.server = server
	failure := p.steps(c)
	log, err := server.Stop()
	if failure == nil {
		failure = err
	}
	p.out = append(p.out, notes(log)...)
	text := newSymbols().clean(strings.Join(p.out, ""))
	if failure != nil {
		return text, fmt.Errorf("%w\nso far:\n%s\nlog:\n%s", failure, text, log)
	}
	return text, nil
}

func (p *player) meet(name string) (err error) {
	if name != "" && p.peers[name] == nil {
		p.peers[name], err = newPeer(p.net, name)
	}
	return err
}

func (p *player) steps(c *Case) error {
	for _, s := range c.Steps {
		if err := p.step(s); err != nil {
			return fmt.Errorf("step %q: %w", s.Line, err)
		}
	}
	return p.quiet(50 * time.Millisecond)
}

func (p *player) step(s Step) error {
	switch peer := p.peers[s.Peer]; s.Verb {
	case ">":
		return p.send(peer, s)
	case "<":
		return p.expect(peer, s)
	case "wait":
		time.Sleep(s.Length)
	case "quiet":
		return p.quiet(s.Length)
	case "rpc":
		return p.rpc(s)
	}
	return nil
}

// note adds to the transcript.
func (p *player) note(format string, args ...any) {
	p.out = append(p.out, fmt.Sprintf(format, args...))
}

func (p *player) send(peer *Peer, s Step) error {
	m, way, err := p.compose(peer, s)
	if err != nil {
		return err
	}
	for i, line := range s.Lines {
		s.Lines[i] = names.Replace(line)
	}
	if s.Args[0] != "again" {
		m.Add(s.Lines)
		m.Set("Content-Length: " + strconv.Itoa(len(m.Body)))
	}
	peer.sent = m
	p.ways[m] = way
	p.note("%s > %s\n", s.Peer, m.Start)
	err = way(m.String())
	time.Sleep(time.Millisecond) // the next step finds what the server makes of it
	return err
}

// compose makes the message of a step and finds its way.
func (p *player) compose(peer *Peer, s Step) (m *Message, way func(string) error, err error) {
	way = func(text string) error { return peer.send(text, m.TCP) }
	switch word := s.Args[0]; {
	case word == "raw":
		return &Message{Start: names.Replace(strings.Join(s.Args[1:], " "))}, func(text string) error { return peer.send(text, s.TCP) }, nil
	case word == "again":
		return peer.sent, p.ways[peer.sent], nil
	case word[0] >= '1' && word[0] <= '6':
		var to *Message
		if m, to, err = peer.reply(s.Args); err != nil {
			return nil, nil, err
		}
		return m, p.ways[to], nil
	case len(s.Args) == 1:
		m, err = peer.follow(word)
		return m, way, err
	default:
		m = peer.request(word, names.Replace(s.Args[1]), s.TCP)
		if word == "INVITE" {
			peer.invite = m
		}
		return m, way, nil
	}
}

func (p *player) expect(peer *Peer, s Step) error {
	words := s.Args
	again := words[len(words)-1] == "again"
	if again {
		words = words[:len(words)-1]
	}
	a, err := peer.receive(patience, again)
	if err != nil {
		return err
	}
	m := ParseMessage(a.raw, a.tcp)
	if !m.Is(words) {
		return fmt.Errorf("%s: %s was to come, not\n%s", peer.name, strings.Join(words, " "), a.raw)
	}
	p.ways[m] = a.reply
	if again {
		p.note("%s < again %s\n", s.Peer, m.Start)
		return nil
	}
	p.note("%s < %s\n", received(peer, m), strings.ReplaceAll(strings.TrimRight(a.raw, "\r\n"), "\r\n", "\n")+"\n")
	switch {
	case !m.isReply() && m.Method() != "ACK":
		peer.got = append(peer.got, m)
	case m.final() && m.Method() == "INVITE":
		peer.answer = m
	}
	return nil
}

func received(peer *Peer, m *Message) string {
	if m.TCP {
		return peer.name + "/tcp"
	}
	return peer.name
}

// quiet lets time pass in which no peer may get anything new.
func (p *player) quiet(d time.Duration) error {
	time.Sleep(d)
	for _, peer := range p.peers {
		for len(peer.in) > 0 {
			if a := <-peer.in; !peer.known[a.raw] {
				return fmt.Errorf("%s: nothing was to come, but\n%s", peer.name, a.raw)
			}
		}
	}
	return nil
}

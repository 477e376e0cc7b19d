package kemi

import (
	"net"
	"net/netip"
	"runtime"
	"strings"
	"time"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/server"
	"github.com/moonroute/moonroute/core/shard"
)

// Settings are the global parameters that have a meaning here.
type Settings struct {
	ServerHeader    string // with its name, without CRLF; empty: none
	UserAgentHeader string
	ServerID        int
}

func readSettings(cfg *config.Config, version string) Settings {
	name := "moonroute"
	if version != "" {
		name += " (" + version + ")"
	}
	set := Settings{
		ServerHeader:    cfg.Str("server_header", "Server: "+name),
		UserAgentHeader: cfg.Str("user_agent_header", "User-Agent: "+name),
		ServerID:        int(cfg.Int("server_id", 0)),
	}
	if !cfg.Bool("server_signature", true) {
		set.ServerHeader = ""
	}
	return set
}

func limits(o *Options) shard.Limits {
	l := o.Limits
	l.TakeAll = l.TakeAll || !o.Config.Bool("overload_control", true)
	return l
}

func (s *Server) coreOptions(o *Options, sockets []*flow.Socket) server.Options {
	cfg := o.Config
	return server.Options{
		Script: script{s}, Log: s.Log, Clock: s.Clock, Sockets: sockets, Aliases: aliases(cfg, sockets, o.Offline),
		Sender: o.Sender, Resolver: o.Resolver, Shards: shards(o), Limits: limits(o),
		TM: s.TM, Hooks: s.Hooks, ServerHeader: s.Settings.ServerHeader, UserAgentHeader: s.Settings.UserAgentHeader,
		Blocklist: blocklistOptions(cfg), ConnectWait: connectWait(cfg), Seed: o.Seed,
		AdvertiseHost: bracketed(advertised(cfg, "advertised_address")), AdvertisePort: advertised(cfg, "advertised_port"), Multihomed: cfg.Bool("mhomed", false),
		UDPLimit: int(cfg.Int("udp_mtu", 0)), LongProto: longProto(cfg),
		Transport: transportOptions(cfg, network(o, sockets), s.security()), AcceptAliases: cfg.Bool("tcp_accept_aliases", false),
	}
}

// longProto is what requests above udp_mtu leave by; flow.None: they stay on UDP (udp_mtu_try_proto).
func longProto(cfg *config.Config) flow.Proto {
	if p, ok := flow.ParseProto(advertised(cfg, "udp_mtu_try_proto")); ok && (p == flow.TCP || p == flow.TLS) {
		return p
	}
	return flow.None
}

// shards is one for each core, or fewer if children= asks for fewer workers: globals of a
// script live as long as its state, and with children=1 scripts rely on there being one.
func shards(o *Options) int {
	if o.Shards > 0 {
		return o.Shards
	}
	return max(1, min(runtime.GOMAXPROCS(0), int(o.Config.Int("children", 8))))
}

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }

// aliases are the alias= lines and, with auto_aliases, the machine's names of the sockets.
func aliases(cfg *config.Config, sockets []*flow.Socket, offline bool) []server.Alias {
	var list []server.Alias
	for _, a := range cfg.Aliases {
		p, _ := flow.ParseProto(a.Proto)
		list = append(list, server.Alias{Host: a.Host, Port: a.Port, Proto: p})
	}
	if offline || !cfg.Bool("auto_aliases", false) {
		return list
	}
	for _, s := range sockets {
		names, _ := net.LookupAddr(s.Addr.Addr().String())
		for _, name := range names {
			list = append(list, server.Alias{Host: trimDot(name), Port: s.Addr.Port(), Proto: s.Proto})
		}
	}
	return list
}

func trimDot(name string) string {
	if n := len(name); n > 0 && name[n-1] == '.' {
		return name[:n-1]
	}
	return name
}

// sockets turns the listen= lines into sockets: without a protocol one of UDP and one of
// TCP; a name or an interface becomes all its addresses.
func (s *Server) sockets() ([]*flow.Socket, error) {
	var list []*flow.Socket
	var problems config.Errors
	for _, l := range s.Config.Listens {
		addrs, err := s.listenAddrs(l.Host)
		if err != nil {
			problems = append(problems, s.Config.Diagnostic(l.Pos, err.Error(), "an address of this machine, a host name or an interface"))
			continue
		}
		if problem, hint := checkSocket(l, addrs); problem != "" {
			problems = append(problems, s.Config.Diagnostic(l.Pos, problem, hint))
			continue
		}
		for _, p := range s.spoken(l) {
			for _, a := range addrs {
				if a.IsMulticast() && p != flow.UDP {
					continue
				}
				list = addSocket(list, s.socket(l, p, a, len(list)))
			}
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	if len(list) == 0 {
		return s.defaultSockets()
	}
	return list, nil
}

// addSocket adds a socket unless an earlier line has it: an interface and its address may both be listed.
func addSocket(list []*flow.Socket, sock *flow.Socket) []*flow.Socket {
	for _, have := range list {
		if have.Proto == sock.Proto && have.Addr == sock.Addr {
			return list
		}
	}
	return append(list, sock)
}

func (s *Server) socket(l config.Listen, p flow.Proto, a netip.Addr, index int) *flow.Socket {
	port := l.Port
	switch {
	case port == 0:
		port = s.Config.Port(p.String())
	case l.Proto == "" && p.Secure():
		port++
	}
	sock := flow.NewSocket(p, netip.AddrPortFrom(a, port), index)
	sock.Name, sock.AdvertiseHost, sock.AdvertisePort = l.Name, bracketed(l.AdvertiseHost), l.AdvertisePort
	sock.Virtual, sock.HostName, sock.Device = l.Virtual, hostName(l.Host), l.VRF
	return sock
}

// hostName is what a listen= line names, if that is the name of a host.
func hostName(host string) string {
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil || host == "" {
		return ""
	}
	if _, err := net.InterfaceByName(host); err == nil {
		return ""
	}
	return host
}

// bracketed is a host as it is written before a port.
func bracketed(host string) string {
	if a, err := netip.ParseAddr(host); err == nil && a.Is6() {
		return "[" + host + "]"
	}
	return host
}

// advertised is a parameter as text, whether the file has a number or a text there; empty if it is not set.
func advertised(cfg *config.Config, name string) string {
	if line, ok := cfg.Lookup(name); ok {
		return line.Value.String()
	}
	return ""
}

// listenProtos is the protocol of a listen= line, or all that the server speaks.
func (s *Server) listenProtos(name string) []flow.Proto {
	if p, ok := flow.ParseProto(name); ok {
		return []flow.Proto{p}
	}
	list := []flow.Proto{flow.UDP}
	if !s.Config.Bool("disable_tcp", false) {
		list = append(list, flow.TCP)
	}
	if s.security() != nil {
		list = append(list, flow.TLS)
	}
	return list
}

// defaultSockets listen on every address of the machine.
func (s *Server) defaultSockets() ([]*flow.Socket, error) {
	addrs, err := s.interfaceAddrs(everyInterface)
	if err != nil {
		return nil, err
	}
	var list []*flow.Socket
	for _, p := range s.listenProtos("") {
		for _, a := range addrs {
			list = append(list, s.socket(config.Listen{}, p, a, len(list)))
		}
	}
	return list, nil
}

package kemi

import (
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"time"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/core/server"
	"github.com/moonroute/moonroute/core/transport"
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

func (s *Server) coreOptions(o *Options, sockets []*flow.Socket) server.Options {
	cfg := o.Config
	return server.Options{
		Script: script{s}, Log: s.Log, Clock: s.Clock, Sockets: sockets, Aliases: aliases(cfg, sockets),
		Sender: o.Sender, Resolver: o.Resolver, Shards: shards(o), Limits: o.Limits,
		TM: s.TM, Hooks: s.Hooks, ServerHeader: s.Settings.ServerHeader, UserAgentHeader: s.Settings.UserAgentHeader,
		Blocklist: blocklistOptions(cfg), ConnectWait: connectWait(cfg),
		Transport: transport.Options{
			Net:        o.Net,
			AcceptNoCL: cfg.Bool("tcp_accept_no_cl", false),
			NoPong:     !cfg.Bool("tcp_crlf_ping", true),
			Limits: transport.Limits{
				MaxConns:   int(cfg.Int("tcp_max_connections", 0)),
				MaxPerPeer: int(cfg.Int("tcp_accept_iplimit", 0)),
				Lifetime:   seconds(cfg.Int("tcp_connection_lifetime", 0)),
				Connect:    seconds(cfg.Int("tcp_connect_timeout", 0)),
				Send:       seconds(cfg.Int("tcp_send_timeout", 0)),
				ConnQueue:  int(cfg.Int("tcp_conn_wq_max", 0)),
				TotalQueue: int(cfg.Int("tcp_wq_max", 0)),
			},
		},
	}
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
func aliases(cfg *config.Config, sockets []*flow.Socket) []server.Alias {
	var list []server.Alias
	for _, a := range cfg.Aliases {
		p, _ := flow.ParseProto(a.Proto)
		list = append(list, server.Alias{Host: a.Host, Port: a.Port, Proto: p})
	}
	if !cfg.Bool("auto_aliases", false) {
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
// TCP; a name, an interface or "*" becomes all its addresses.
func (s *Server) sockets() ([]*flow.Socket, error) {
	var list []*flow.Socket
	var problems config.Errors
	for _, l := range s.Config.Listens {
		addrs, err := listenAddrs(l.Host)
		if err != nil {
			problems = append(problems, s.Config.Diagnostic(l.Pos, err.Error(), "an address of this machine, a host name or an interface"))
			continue
		}
		for _, p := range s.listenProtos(l.Proto) {
			for _, a := range addrs {
				list = append(list, s.socket(l, p, a, len(list)))
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

func (s *Server) socket(l config.Listen, p flow.Proto, a netip.Addr, index int) *flow.Socket {
	port := l.Port
	if port == 0 {
		port = uint16(s.Config.Int("port", int64(p.DefaultPort())))
	}
	sock := flow.NewSocket(p, netip.AddrPortFrom(a, port), index)
	sock.Name, sock.AdvertiseHost, sock.AdvertisePort = l.Name, l.AdvertiseHost, l.AdvertisePort
	return sock
}

// listenProtos is the protocol of a listen= line, or both that need no key.
func (s *Server) listenProtos(name string) []flow.Proto {
	if p, ok := flow.ParseProto(name); ok {
		return []flow.Proto{p}
	}
	if s.Config.Bool("disable_tcp", false) {
		return []flow.Proto{flow.UDP}
	}
	return []flow.Proto{flow.UDP, flow.TCP}
}

// defaultSockets listen on every address of the machine.
func (s *Server) defaultSockets() ([]*flow.Socket, error) {
	addrs, err := listenAddrs("*")
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

// listenAddrs finds the local addresses that a listen= host means.
func listenAddrs(host string) ([]netip.Addr, error) {
	if len(host) > 2 && host[0] == '[' {
		host = host[1 : len(host)-1]
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	if host == "*" {
		return interfaceAddrs(net.InterfaceAddrs())
	}
	if iface, err := net.InterfaceByName(host); err == nil {
		return interfaceAddrs(iface.Addrs())
	}
	ips, err := net.LookupIP(host)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %q: %w", host, err)
	}
	var list []netip.Addr
	for _, ip := range ips {
		a, _ := netip.AddrFromSlice(ip)
		list = append(list, a.Unmap())
	}
	return list, nil
}

func interfaceAddrs(found []net.Addr, err error) ([]netip.Addr, error) {
	if err != nil {
		return nil, err
	}
	var list []netip.Addr
	for _, f := range found {
		if p, err := netip.ParsePrefix(f.String()); err == nil && !p.Addr().IsLinkLocalUnicast() {
			list = append(list, p.Addr().Unmap())
		}
	}
	return list, nil
}

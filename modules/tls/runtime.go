package tls

import (
	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

// setting is what operators see of a parameter: in group tls of cfg.list and, where it is an option, in tls.options.
type setting struct {
	name   string
	option string // its name in tls.options; empty: it is not there
	kind   kemi.ValueKind
	doc    string
	get    func(*state) kemi.Value
	set    func(*state, kemi.Value) // nil: it cannot be changed while the server runs
}

func number(name string, get func(*state) int, doc string) setting {
	return setting{name, name, kemi.KindInt, doc, func(s *state) kemi.Value { return kemi.Int(get(s)) }, nil}
}

func text(name string, get func(*state) string, doc string) setting {
	return setting{name, name, kemi.KindStr, doc, func(s *state) kemi.Value { return kemi.Str(orNull(get(s))) }, nil}
}

func live(name string, field func(*state) *kemi.LiveInt, doc string) setting {
	x := number(name, func(s *state) int { return field(s).Get() }, doc)
	x.set = func(s *state, v kemi.Value) { field(s).Set(v.Int()) }
	return x
}

// called has another name in tls.options, or none.
func (x setting) called(option string) setting {
	x.option = option
	return x
}

// changed may be changed while the server runs.
func (x setting) changed(set func(*state, kemi.Value)) setting {
	x.set = set
	return x
}

// shown are the settings in the incumbent's order.
var shown = []setting{
	number("force_run", func(s *state) int { return s.inert.forceRun }, "parameter tls_force_run"),
	text("method", func(s *state) string { return methodName(s.base.versions) }, "versions of the protocol"),
	text("server_name", func(s *state) string { return s.base.serverName }, "name that is asked for (SNI)").called(""),
	number("server_name_mode", func(s *state) int { return s.base.nameMode }, "how a name is compared").called(""),
	text("server_id", func(s *state) string { return s.base.serverID }, "ID of the profile").called(""),
	number("verify_certificate", func(s *state) int { return asNumber(s.base.verify) }, "a certificate must pass"),
	number("verify_depth", func(s *state) int { return s.base.depth }, "most certificates between the peer's and the authority's"),
	number("require_certificate", func(s *state) int { return asNumber(s.base.require) }, "a certificate must be there"),
	text("verify_client", func(s *state) string { return clientRuleName(s.base.client) }, "what becomes of a client's certificate"),
	text("private_key", func(s *state) string { return s.base.key }, "file of the key"),
	text("ca_list", func(s *state) string { return s.base.caList }, "file of the authorities"),
	text("ca_path", func(s *state) string { return s.base.caPath }, "folder of the authorities").called(""),
	text("crl", func(s *state) string { return s.base.crl }, "file of revoked certificates").called(""),
	text("certificate", func(s *state) string { return s.base.cert }, "file of the certificate"),
	text("cipher_list", func(s *state) string { return s.base.ciphers }, "ciphers of TLS 1.2 and before"),
	number("session_cache", func(s *state) int { return s.sessions }, "sessions may be resumed"),
	text("session_id", func(s *state) string { return s.inert.sessionID }, "without effect"),
	text("config", (*state).profilesFile, "file of profiles, which tls.reload reads").changed((*state).setProfilesFile),
	live("log", func(s *state) *kemi.LiveInt { return &s.inert.log }, "without effect"),
	live("debug", func(s *state) *kemi.LiveInt { return &s.inert.debug }, "without effect"),
	live("connection_timeout", func(s *state) *kemi.LiveInt { return &s.lifetime }, "seconds that a connection may be idle"),
	number("disable_compression", func(s *state) int { return s.inert.compression }, "without effect"),
	number("ssl_release_buffers", func(s *state) int { return s.inert.releaseBuffers }, "without effect"),
	number("ssl_free_list_max", func(s *state) int { return s.inert.freelist }, "without effect").called("ssl_freelist_max"),
	number("ssl_max_send_fragment", func(s *state) int { return s.inert.fragment }, "without effect"),
	number("ssl_read_ahead", func(s *state) int { return s.inert.readAhead }, "without effect"),
	live("send_close_notify", func(s *state) *kemi.LiveInt { return &s.inert.close }, "without effect"),
	number("low_mem_threshold1", func(s *state) int { return s.inert.lowMem1 }, "without effect"),
	number("low_mem_threshold2", func(s *state) int { return s.inert.lowMem2 }, "without effect"),
	number("ct_wq_max", func(s *state) int { return s.inert.wqMax }, "without effect"),
	number("con_ct_wq_max", func(s *state) int { return s.inert.conWqMax }, "without effect"),
	number("ct_wq_blk_size", func(s *state) int { return s.inert.wqBlock }, "without effect"),
}

// offerSettings puts them into group tls of cfg.list, cfg.get and cfg.set.
func (s *state) offerSettings() {
	for _, x := range shown {
		v := kemi.RuntimeVar{Name: x.name, Kind: x.kind, Doc: x.doc, Get: func() kemi.Value { return x.get(s) }}
		if x.set != nil {
			v.Set = func(value kemi.Value) error {
				x.set(s, value)
				return nil
			}
		}
		s.server.Runtime.Add("tls", v)
	}
}

// options is tls.options.
func (s *state) options(c *rpc.Call) error {
	list := c.AddStruct()
	for _, x := range shown {
		switch {
		case x.option == "":
		case x.kind == kemi.KindInt:
			list.Add(x.option, x.get(s).Int())
		default:
			list.Add(x.option, x.get(s).Text())
		}
	}
	return nil
}

// profilesFile is the parameter config, or what an operator has put in its place.
func (s *state) profilesFile() string {
	if path := s.newConfig.Load(); path != nil {
		return *path
	}
	return s.config
}

func (s *state) setProfilesFile(v kemi.Value) {
	path := v.Text()
	s.newConfig.Store(&path)
}

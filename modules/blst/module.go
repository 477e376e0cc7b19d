// Package blst keeps a list of addresses that a script has turned away for some time.
package blst

import (
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the blst module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "blst",
	Doc:  "A list of addresses that misbehaved, for a time: the sources of messages that the script adds. It is in use with use_dst_blocklist=on.",
	New:  func() *state { return &state{list: list{until: map[address]int64{}}} },
	Funcs: kemi.Funcs[state]{
		{Name: "blst_add", Args: "seconds int", Returns: kemi.Code, Call: (*state).add, Doc: "puts the message's source on the list; 0 seconds: dst_blocklist_expire"},
		{Name: "blst_add_default", Returns: kemi.Code, Call: (*state).addDefault, Doc: "puts the message's source on the list for dst_blocklist_expire seconds"},
		{Name: "blst_add_retry_after", Args: "least int, most int", Returns: kemi.Code, Call: (*state).addRetryAfter, Doc: "puts the message's source on the list for the time of its Retry-After header, within two bounds; -1 without the header"},
		{Name: "blst_del", Returns: kemi.Code, Call: (*state).remove, Doc: "takes the message's source off the list; -1 if it is not there"},
		{Name: "blst_is_blocklisted", Returns: kemi.Code, Call: (*state).check, Doc: "1 if the message's source is on the list, else -1"},
		{Name: "blst_set_ignore", Args: "flags int", Returns: kemi.Code, Call: ignore, Doc: "accepted; failures put no address on the list here"},
		{Name: "blst_set_ignore_all", Returns: kemi.Code, Call: ignore, Doc: "accepted; failures put no address on the list here"},
		{Name: "blst_clear_ignore", Args: "flags int", Returns: kemi.Code, Call: ignore, Doc: "accepted; failures put no address on the list here"},
		{Name: "blst_clear_ignore_all", Returns: kemi.Code, Call: ignore, Doc: "accepted; failures put no address on the list here"},
		{Name: "blst_rpl_set_ignore", Args: "flags int", Returns: kemi.Code, Call: ignore, Doc: "accepted; failures put no address on the list here"},
		{Name: "blst_rpl_set_ignore_all", Returns: kemi.Code, Call: ignore, Doc: "accepted; failures put no address on the list here"},
		{Name: "blst_rpl_clear_ignore", Args: "flags int", Returns: kemi.Code, Call: ignore, Doc: "accepted; failures put no address on the list here"},
		{Name: "blst_rpl_clear_ignore_all", Returns: kemi.Code, Call: ignore, Doc: "accepted; failures put no address on the list here"},
	},
})

// defaultSeconds is dst_blocklist_expire where the configuration does not set it.
const defaultSeconds = 60

// state is the module in one server.
type state struct {
	server  *kemi.Server
	on      bool
	seconds int64
	list    list
}

// Start reads the core parameters that the incumbent's list has.
func (s *state) Start(server *kemi.Server) error {
	s.server = server
	s.on = server.Config.Bool("use_dst_blocklist", false)
	s.seconds = server.Config.Int("dst_blocklist_expire", defaultSeconds)
	if s.on {
		server.Log.Write(log.Notice, "blst", "use_dst_blocklist: the list holds what scripts add and is asked by blst_is_blocklisted; requests are still sent to listed addresses")
	}
	return nil
}

var (
	yes = kemi.Int(1)
	no  = kemi.Int(-1)
)

func ignore(*state, *kemi.Ctx, *kemi.Args) kemi.Value { return yes }

func (s *state) now() int64 { return s.server.Clock.Now().Unix() }

func (s *state) add(c *kemi.Ctx, a *kemi.Args) kemi.Value { return s.put(c, int64(a.Int(0))) }

func (s *state) addDefault(c *kemi.Ctx, _ *kemi.Args) kemi.Value { return s.put(c, 0) }

// put succeeds when the list is off, as in the incumbent.
func (s *state) put(c *kemi.Ctx, seconds int64) kemi.Value {
	if !s.on {
		return yes
	}
	if seconds <= 0 {
		seconds = s.seconds
	}
	from, ok := sourceOf(c)
	if !ok {
		return no
	}
	if !s.list.add(from, s.now(), seconds) {
		c.Log(log.Warn, "blst", "the list is full")
		return no
	}
	return yes
}

func (s *state) addRetryAfter(c *kemi.Ctx, a *kemi.Args) kemi.Value {
	if !s.on {
		return yes
	}
	seconds, ok := retryAfter(c)
	if !ok {
		return no
	}
	return s.put(c, min(max(seconds, int64(a.Int(0))), int64(a.Int(1))))
}

func (s *state) remove(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if from, ok := sourceOf(c); ok && s.on && s.list.remove(from, s.now()) {
		return yes
	}
	return no
}

func (s *state) check(c *kemi.Ctx, _ *kemi.Args) kemi.Value {
	if from, ok := sourceOf(c); ok && s.on && s.list.has(from, s.now()) {
		return yes
	}
	return no
}

package kemi

import (
	"time"

	"github.com/moonroute/moonroute/core/blocklist"
	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/flow"
)

// blocklistOptions are the parameters of the list of destinations to leave out.
func blocklistOptions(cfg *config.Config) blocklist.Options {
	o := blocklist.Options{
		On:     cfg.Bool("use_dst_blocklist", false),
		Expire: seconds(cfg.Int("dst_blocklist_expire", 0)),
		Memory: int(cfg.Int("dst_blocklist_mem", 0)) << 10,
		Ignore: map[flow.Proto]blocklist.Reason{},
	}
	for _, p := range []flow.Proto{flow.UDP, flow.TCP, flow.TLS, flow.SCTP} {
		o.Ignore[p] = blocklist.Reason(cfg.Int("dst_blocklist_"+p.String()+"_imask", 0))
	}
	return o
}

// connectWait is how long a request may wait for its connection: as long as opening one may take if the
// configuration asks for that (tcp_async=no), else 0 for a moment.
func connectWait(cfg *config.Config) time.Duration {
	if cfg.Bool("tcp_buf_write", true) {
		return 0
	}
	return seconds(cfg.Int("tcp_connect_timeout", 10))
}

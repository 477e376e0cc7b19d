package usrloc

import (
	"fmt"
	"time"

	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// noLogging is the ka_loglevel that switches the records off.
const noLogging = 255

// logAnswer writes a record of an answered keep-alive.
func (k *keepalive) logAnswer(shard int, m *route.Message, ruid string, sent int64) {
	level := log.Level(k.logLevel)
	if k.logLevel == noLogging || !k.s.server.Log.Enabled(level) {
		return
	}
	took := max(k.s.server.Clock.Now().UnixMicro()-sent, 0)
	second := int64(time.Second / time.Microsecond)
	c := &kemi.Ctx{Msg: m, Call: &route.Call{Kind: route.CoreReplyRoute, Message: m, Branch: -1}, Server: k.s.server, Shard: k.s.server.Shards()[shard]}
	k.s.server.Log.Write(level, "usrloc", fmt.Sprintf("keepalive roundtrip: %d.%06d sec - ruid [%s]%s", took/second, took%second, ruid, k.logFormat.Text(c)))
}

// Package modules lists the modules of a stock build.
package modules

import (
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/modules/acc"
	"github.com/moonroute/moonroute/modules/alias_db"
	"github.com/moonroute/moonroute/modules/app_lua"
	"github.com/moonroute/moonroute/modules/auth"
	"github.com/moonroute/moonroute/modules/auth_db"
	"github.com/moonroute/moonroute/modules/auth_xkeys"
	"github.com/moonroute/moonroute/modules/avpops"
	"github.com/moonroute/moonroute/modules/blst"
	"github.com/moonroute/moonroute/modules/cfg_rpc"
	"github.com/moonroute/moonroute/modules/cfgutils"
	"github.com/moonroute/moonroute/modules/core"
	"github.com/moonroute/moonroute/modules/corepv"
	"github.com/moonroute/moonroute/modules/corex"
	"github.com/moonroute/moonroute/modules/counters"
	"github.com/moonroute/moonroute/modules/crypto"
	"github.com/moonroute/moonroute/modules/ctl"
	"github.com/moonroute/moonroute/modules/db_mysql"
	"github.com/moonroute/moonroute/modules/db_sqlite"
	"github.com/moonroute/moonroute/modules/debugger"
	"github.com/moonroute/moonroute/modules/domain"
	"github.com/moonroute/moonroute/modules/exec"
	"github.com/moonroute/moonroute/modules/group"
	"github.com/moonroute/moonroute/modules/hdr"
	"github.com/moonroute/moonroute/modules/htable"
	"github.com/moonroute/moonroute/modules/http_async_client"
	"github.com/moonroute/moonroute/modules/http_client"
	"github.com/moonroute/moonroute/modules/ipops"
	"github.com/moonroute/moonroute/modules/jsonrpcs"
	"github.com/moonroute/moonroute/modules/kemix"
	"github.com/moonroute/moonroute/modules/kex"
	"github.com/moonroute/moonroute/modules/maxfwd"
	"github.com/moonroute/moonroute/modules/mqueue"
	"github.com/moonroute/moonroute/modules/msilo"
	"github.com/moonroute/moonroute/modules/msrp"
	"github.com/moonroute/moonroute/modules/permissions"
	"github.com/moonroute/moonroute/modules/pike"
	"github.com/moonroute/moonroute/modules/pipelimit"
	"github.com/moonroute/moonroute/modules/pv"
	"github.com/moonroute/moonroute/modules/pv_headers"
	"github.com/moonroute/moonroute/modules/ratelimit"
	"github.com/moonroute/moonroute/modules/regex"
	"github.com/moonroute/moonroute/modules/registrar"
	"github.com/moonroute/moonroute/modules/rr"
	"github.com/moonroute/moonroute/modules/rtimer"
	"github.com/moonroute/moonroute/modules/sanity"
	"github.com/moonroute/moonroute/modules/sdpops"
	"github.com/moonroute/moonroute/modules/siptrace"
	"github.com/moonroute/moonroute/modules/siputils"
	"github.com/moonroute/moonroute/modules/sl"
	"github.com/moonroute/moonroute/modules/speeddial"
	"github.com/moonroute/moonroute/modules/sqlops"
	"github.com/moonroute/moonroute/modules/statistics"
	"github.com/moonroute/moonroute/modules/tcpops"
	"github.com/moonroute/moonroute/modules/textops"
	"github.com/moonroute/moonroute/modules/textopsx"
	"github.com/moonroute/moonroute/modules/timer"
	"github.com/moonroute/moonroute/modules/tls"
	"github.com/moonroute/moonroute/modules/tm"
	"github.com/moonroute/moonroute/modules/tmx"
	"github.com/moonroute/moonroute/modules/uri_db"
	"github.com/moonroute/moonroute/modules/userblocklist"
	"github.com/moonroute/moonroute/modules/usrloc"
	"github.com/moonroute/moonroute/modules/uuid"
	"github.com/moonroute/moonroute/modules/websocket"
	"github.com/moonroute/moonroute/modules/xhttp"
	"github.com/moonroute/moonroute/modules/xhttp_prom"
	"github.com/moonroute/moonroute/modules/xlog"
)

// All are the modules that a configuration may load.
func All() []kemi.Module {
	return []kemi.Module{
		// Always there, without a loadmodule line.
		core.Module, corepv.Module, hdr.Module,
		// The engine's own functions.
		app_lua.Module, app_lua.Functions,
		// Control.
		jsonrpcs.Module, ctl.Module, cfg_rpc.Module, debugger.Module, kex.Module,
		// Transactions and replies.
		tls.Module, tcpops.Module, tm.Module, tmx.Module, sl.Module,
		// Messages.
		pv.Module, kemix.Module, siputils.Module, ipops.Module, sanity.Module, maxfwd.Module, rr.Module, textops.Module, textopsx.Module, sdpops.Module, xlog.Module, corex.Module,
		avpops.Module, cfgutils.Module, mqueue.Module, pv_headers.Module, regex.Module,
		// Users.
		usrloc.Module, registrar.Module, msilo.Module, msrp.Module, auth.Module, auth_db.Module, auth_xkeys.Module,
		// HTTP.
		siptrace.Module, xhttp.Module, xhttp_prom.Module, websocket.Module, http_client.Module, http_async_client.Module,
		// Databases.
		db_mysql.Module, db_sqlite.Module, sqlops.Module,
		// Data and defence.
		htable.Module, pike.Module, acc.Module,
		// Tables of users, domains and addresses.
		permissions.Module, domain.Module, alias_db.Module, group.Module, speeddial.Module, uri_db.Module,
		// Counters, timers, limits and the like.
		statistics.Module, counters.Module, uuid.Module, crypto.Module, exec.Module, rtimer.Module, timer.Module, ratelimit.Module, pipelimit.Module, blst.Module, userblocklist.Module,
	}
}

// Always are the modules that every server has.
func Always() []string { return []string{"core", "corepv", "hdr"} }

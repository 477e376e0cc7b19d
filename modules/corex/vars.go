package corex

import (
	"errors"
	"strings"

	"github.com/moonroute/moonroute/core/flow"
	"github.com/moonroute/moonroute/kemi"
)

var vars = kemi.Vars[state]{
	{Name: "lsock", Named: true, Get: (*state).listenSocket, Parse: parseListenSocket, Doc: "an attribute of a socket: $lsock(n/NAME/listen) by its name, $lsock(l/proto:host:port/name) by its address; attributes listen, name, advertise"},
	{Name: "cfg", Named: true, Get: configPlace, Doc: "$cfg(line) is 0 and the others are null: the routing logic does not stand in the configuration"},
	{Name: "atkv", Named: true, Get: taskValue, Parse: parseTaskValue, Doc: "type, key or val of an asynchronous task; null outside of one"},
}

var (
	errSocketName = errors.New("corex: want $lsock(n/NAME/ATTRIBUTE) or $lsock(l/ADDRESS/ATTRIBUTE)")
	errTaskField  = errors.New("corex: $atkv takes type, key or val")
)

// socketQuery is a parsed inner name of $lsock.
type socketQuery struct{ by, value, attribute string }

func parseListenSocket(_ *state, _ *kemi.Registry, inner string) (any, error) {
	by, rest, _ := strings.Cut(inner, "/")
	at := strings.LastIndexByte(rest, '/')
	if at <= 0 || by != "n" && by != "l" {
		return nil, errSocketName
	}
	q := socketQuery{by, rest[:at], rest[at+1:]}
	if q.attribute != "listen" && q.attribute != "name" && q.attribute != "advertise" {
		return nil, errSocketName
	}
	return q, nil
}

func (s *state) listenSocket(_ *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	q, _ := a.Data.(socketQuery)
	var sock *flow.Socket
	if q.by == "n" {
		sock = s.named(q.value)
	} else {
		sock = s.socket(q.value)
	}
	if sock == nil {
		return kemi.Null
	}
	switch q.attribute {
	case "listen":
		return kemi.Str(sock.String())
	case "name":
		return textOrNull(sock.Name)
	}
	if sock.AdvertiseHost == "" {
		return kemi.Null
	}
	host, port := sock.SentBy()
	return kemi.Str(sock.Proto.String() + ":" + host + ":" + port)
}

func textOrNull(text string) kemi.Value {
	if text == "" {
		return kemi.Null
	}
	return kemi.Str(text)
}

func configPlace(_ *state, _ *kemi.Ctx, a *kemi.VarArgs) kemi.Value {
	if a.Inner == "line" {
		return kemi.Int(0)
	}
	return kemi.Null
}

func parseTaskValue(_ *state, _ *kemi.Registry, inner string) (any, error) {
	if inner != "type" && inner != "key" && inner != "val" {
		return nil, errTaskField
	}
	return nil, nil
}

// taskValue is null: no module of this server emits such tasks yet, and outside of one the variable has no value.
func taskValue(*state, *kemi.Ctx, *kemi.VarArgs) kemi.Value { return kemi.Null }

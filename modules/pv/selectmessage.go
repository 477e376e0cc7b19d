package pv

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/kemi"
)

// messageSelects are the names below msg.
var messageSelects = map[string]selector{
	"len":        func(_ *kemi.Ctx, m *route.Message) string { return strconv.Itoa(len(m.Raw)) },
	"first_line": func(_ *kemi.Ctx, m *route.Message) string { return firstLine(m) },
	"header":     func(_ *kemi.Ctx, m *route.Message) string { return m.Raw[m.HeadersStart:m.BodyStart] },
	"type":       func(_ *kemi.Ctx, m *route.Message) string { return pick(m, kemi.Str("1"), kemi.Str("2")).Text() },
	"flags":      func(_ *kemi.Ctx, m *route.Message) string { return strconv.Itoa(int(m.Flags)) },
	"id":         func(_ *kemi.Ctx, m *route.Message) string { return strconv.Itoa(int(m.ID)) },
	"body":       func(_ *kemi.Ctx, m *route.Message) string { return orEmptyText(m.Body()) },
}

func orEmptyText(s string) string {
	if s == "" {
		return emptyText
	}
	return s
}

// selectMessage looks a path below msg up.
func selectMessage(_ step, rest []step) selector {
	switch {
	case len(rest) == 0:
		return nil
	case rest[0].name == "header":
		if name, ok := paramOf(rest); ok {
			return namedHeader(name)
		}
	case rest[0].name == "id" && len(rest) == 2 && rest[1].name == "hex":
		return func(_ *kemi.Ctx, m *route.Message) string { return fmt.Sprintf("%08x", m.ID) }
	case rest[0].name == "body" && len(rest) > 1:
		return selectSDP(rest[1:])
	}
	if len(rest) > 1 {
		return nil
	}
	return messageSelects[rest[0].name]
}

// namedHeader is a header by its name, in which an underscore may stand for a dash.
func namedHeader(name string) selector {
	dashed := strings.ReplaceAll(name, "_", "-")
	return func(_ *kemi.Ctx, m *route.Message) string {
		if h := m.Find(name); h != nil {
			return h.Value
		}
		if h := m.Find(dashed); h != nil {
			return h.Value
		}
		return ""
	}
}

// selectSDP is the session description, or the first line of a letter in it: body.sdp.line.o, body.sdp.line["c"].
func selectSDP(rest []step) selector {
	if rest[0].name != "sdp" || rest[0].given {
		return nil
	}
	if len(rest) == 1 {
		return func(_ *kemi.Ctx, m *route.Message) string { return sessionDescription(m) }
	}
	letter, ok := paramOf(rest[1:])
	if rest[1].name != "line" || !ok {
		return nil
	}
	return func(_ *kemi.Ctx, m *route.Message) string {
		for line := range strings.Lines(sessionDescription(m)) {
			if value, found := strings.CutPrefix(line, letter+"="); found {
				return strings.TrimRight(value, "\r\n")
			}
		}
		return ""
	}
}

func sessionDescription(m *route.Message) string {
	kind, _, _ := strings.Cut(trimmed(m.First(sip.HdrContentType)).Text(), ";")
	if !strings.EqualFold(strings.TrimRight(kind, blanks), "application/sdp") {
		return ""
	}
	return m.Body()
}

// systemSelects are the names below sys.
var systemSelects = map[string]selector{
	"pid":       func(*kemi.Ctx, *route.Message) string { return strconv.Itoa(os.Getpid()) },
	"now":       func(c *kemi.Ctx, _ *route.Message) string { return strconv.FormatInt(c.Server.Clock.Now().Unix(), 10) },
	"server_id": func(c *kemi.Ctx, _ *route.Message) string { return strconv.Itoa(c.Server.Settings.ServerID) },
	"unique": func(c *kemi.Ctx, m *route.Message) string {
		return fmt.Sprintf("%x-%x-%x", os.Getpid(), c.Server.Started.Unix(), m.ID)
	},
}

// selectSystem looks a path below sys up.
func selectSystem(first step, rest []step) selector {
	const layout = "Mon Jan _2 15:04:05 2006"
	if len(rest) != 2 || rest[0].name != "now" {
		return selectOf(systemSelects)(first, rest)
	}
	switch rest[1].name {
	case "local":
		return func(c *kemi.Ctx, _ *route.Message) string { return c.Server.Clock.Now().Format(layout) }
	case "gmt", "utc":
		return func(c *kemi.Ctx, _ *route.Message) string { return c.Server.Clock.Now().UTC().Format(layout) }
	}
	return nil
}

package pv

import (
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

var lineTrans = kemi.Trans[state]{
	{Name: "line.count", Call: plain(lineCount), Doc: "how many lines a text has, as a text"},
	{Name: "line.at", Args: "index int", Call: lineAt, Doc: "one line by its place; negative ones count from the end"},
	{Name: "line.sw", Args: "start str", Call: lineStartingWith, Doc: "the first line that begins with a text"},
}

func lineCount(s string) kemi.Value {
	if s == "" {
		return kemi.Null
	}
	n := strings.Count(s, "\n")
	if s[len(s)-1] != '\n' {
		n++
	}
	return kemi.Str(kemi.Int(n).Text())
}

func lineAt(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	s, i := v.Text(), a.Int(0)
	if s == "" {
		return kemi.Null
	}
	if i < 0 {
		return kemi.Str(lineFromEnd(s, -i))
	}
	for ; i > 0; i-- {
		at := strings.IndexByte(s, '\n')
		if at < 0 {
			return kemi.Str("")
		}
		s = s[at+1:]
	}
	return kemi.Str(firstOf(s))
}

// firstOf is the first line of a text without its end.
func firstOf(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return strings.TrimSuffix(line, "\r")
}

// lineFromEnd walks back over the lines. Like the incumbent it does not look at the byte
// before a line end, so that an empty line is seen only if it ends in CRLF.
func lineFromEnd(s string, i int) string {
	s = strings.TrimSuffix(s, "\n")
	for {
		at := strings.LastIndexByte(s[:max(len(s)-1, 0)], '\n')
		if i--; i == 0 {
			return strings.TrimSuffix(s[at+1:], "\r")
		}
		if at < 0 {
			return ""
		}
		s = s[:at]
	}
}

func lineStartingWith(_ *state, _ *kemi.Ctx, v kemi.Value, a *kemi.TranArgs) kemi.Value {
	s, start := v.Text(), a.Str(0)
	if s == "" {
		return kemi.Null
	}
	for {
		if strings.HasPrefix(s, start) {
			return kemi.Str(firstOf(s))
		}
		at := strings.IndexByte(s, '\n')
		if at < 0 {
			return kemi.Str("")
		}
		s = s[at+1:]
	}
}

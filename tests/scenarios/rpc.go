package scenarios

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
)

var errLateRPC = errors.New("no RPC answer")

// rpc calls a command: at once, or with begin and end around other steps.
func (p *player) rpc(s Step) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	switch s.Args[0] {
	case "begin":
		args := s.Args[1:]
		p.later = make(chan string, 1)
		go func() {
			defer cancel()
			p.later <- p.call(ctx, args)
		}()
		return nil
	case "end":
		defer cancel()
		select {
		case answer := <-p.later:
			p.note("rpc: %s\n", answer)
			return nil
		case <-ctx.Done():
			return errLateRPC
		}
	}
	defer cancel()
	p.note("rpc %s: %s\n", s.Args[0], p.call(ctx, s.Args))
	return nil
}

var cells = regexp.MustCompile(`"(tindex|tlabel)":\s*(\d+)`)

func (p *player) call(ctx context.Context, args []string) string {
	params := make([]any, 0, len(args))
	for _, a := range args[1:] {
		params = append(params, parameter(strings.NewReplacer("{tindex}", p.cell[0], "{tlabel}", p.cell[1]).Replace(names.Replace(a))))
	}
	answer := p.server.RPC(ctx, args[0], params)
	for _, found := range cells.FindAllStringSubmatch(answer, -1) {
		if found[1] == "tindex" {
			p.cell[0] = found[2]
		} else {
			p.cell[1] = found[2]
		}
	}
	return result(answer)
}

// parameter is an argument as kamcmd reads it: a number, or a text that may begin with s: to tell it from one.
func parameter(word string) any {
	if n, err := strconv.Atoi(word); err == nil {
		return n
	}
	return strings.TrimPrefix(word, "s:")
}

// result is the part of an answer that is compared: the result or the fault, a line a value.
func result(answer string) string {
	var doc struct {
		Result json.RawMessage `json:"result"`
		Error  json.RawMessage `json:"error"`
	}
	if err := json.Unmarshal([]byte(answer), &doc); err != nil {
		return answer
	}
	shown := doc.Result
	if doc.Error != nil {
		shown = doc.Error
	}
	text, _ := json.MarshalIndent(shown, "", "  ")
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(text))
}

// request is a command as JSON-RPC 2.0.
func request(method string, params []any) []byte {
	data, _ := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": append([]any{}, params...)})
	return data
}

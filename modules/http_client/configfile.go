package http_client

import (
	"fmt"
	"os"
	"strings"
)

// readConfigFile reads sections [name] of lines key = value; # and ; begin comments.
func readConfigFile(path string) (list []definition, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("config_file: %w", err)
	}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if name, ok := strings.CutPrefix(line, "["); ok {
			name, closed := strings.CutSuffix(name, "]")
			if !closed || name == "" {
				return nil, fmt.Errorf("config_file: %s:%d: want [name]", path, number)
			}
			list = append(list, definition{name: strings.TrimSpace(name)})
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok || len(list) == 0 {
			return nil, fmt.Errorf("config_file: %s:%d: want key = value below a [name]", path, number)
		}
		d := &list[len(list)-1]
		d.fields = append(d.fields, [2]string{strings.TrimSpace(key), strings.Trim(strings.TrimSpace(value), `"`)})
	}
	return list, nil
}

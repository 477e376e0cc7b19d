package notify

import "strings"

// statusLine is a text as one assignment: a line break would begin another one.
func statusLine(text string) string {
	return "STATUS=" + strings.NewReplacer("\r", " ", "\n", " ").Replace(text)
}

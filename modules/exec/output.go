package exec

import (
	"errors"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/route"
	"github.com/moonroute/moonroute/kemi"
)

// Bounds of what is taken from a command's output; the rest is read and lost.
const (
	maxOutput = 256 << 10
	maxLines  = 4096
)

// output keeps the beginning of what a command writes.
type output struct{ b []byte }

// Write implements io.Writer. It takes everything, so that the command does not end early.
func (o *output) Write(p []byte) (int, error) {
	o.b = append(o.b, p[:min(len(p), maxOutput-len(o.b))]...)
	return len(p), nil
}

// lines are the lines of the output without blanks at their ends; blank ones do not count.
func (o *output) lines() (list []string) {
	for line := range strings.Lines(string(o.b)) {
		if line = strings.TrimRight(line, " \t\r\n"); line != "" && len(list) < maxLines {
			list = append(list, line)
		}
	}
	return list
}

// storeAVPs writes each line to the AVP with its number.
func storeAVPs(c *kemi.Ctx, lines []string) error {
	for i, line := range lines {
		v, err := c.Server.Registry.Var("$avp(i:" + strconv.Itoa(i+1) + ")")
		if err != nil {
			return err
		}
		v.Set(c, kemi.Str(line))
	}
	return nil
}

var (
	errNoURI    = errors.New("it wrote no URI")
	errBranches = errors.New("it wrote more URIs than a request can have branches")
)

// storeURIs takes the first line as the request URI and the others as branches.
func storeURIs(m *route.Message, lines []string) error {
	if len(lines) == 0 {
		return errNoURI
	}
	m.SetURI(lines[0])
	for _, uri := range lines[1:] {
		if len(m.Branches) >= route.MaxBranches-1 {
			return errBranches
		}
		m.Branches = append(m.Branches, route.Branch{URI: uri, Q: route.QUnset})
	}
	return nil
}

package rtimer

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// timer is what a timer parameter says, with the functions that exec parameters add.
type timer struct {
	name      string
	interval  time.Duration // 0: default_interval
	workers   int
	functions []string
}

// exec is what an exec parameter says.
type exec struct{ timer, function string }

// Bounds of intervals and workers.
const (
	maxSeconds = 366 * 24 * 3600
	maxWorkers = 64
	leastTime  = 100 * time.Microsecond
)

var (
	errTimer    = errors.New("want name=NAME;interval=10;mode=1")
	errExec     = errors.New("want timer=NAME;route=FUNCTION")
	errInterval = fmt.Errorf("the interval must be 1 to %d seconds, or at least %d microseconds with a u after them", maxSeconds, leastTime.Microseconds())
	errWorkers  = fmt.Errorf("the mode must be 0 to %d", maxWorkers)
)

func parseTimer(text string) (*timer, error) {
	t := &timer{workers: 1}
	err := attributes(text, errTimer, map[string]func(value string) error{
		"name":     func(v string) error { t.name = v; return nil },
		"interval": func(v string) (err error) { t.interval, err = parseInterval(v); return err },
		"mode":     func(v string) (err error) { t.workers, err = parseWorkers(v); return err },
	})
	if err == nil && t.name == "" {
		err = errTimer
	}
	return t, err
}

func parseExec(text string) (e exec, err error) {
	err = attributes(text, errExec, map[string]func(value string) error{
		"timer": func(v string) error { e.timer = v; return nil },
		"route": func(v string) error { e.function = v; return nil },
	})
	if err == nil && (e.timer == "" || e.function == "") {
		err = errExec
	}
	return e, err
}

// attributes reads "a=1;b=2;".
func attributes(text string, wrong error, known map[string]func(value string) error) error {
	for attribute := range strings.SplitSeq(text, ";") {
		key, value, _ := strings.Cut(attribute, "=")
		if key = strings.TrimSpace(key); key == "" {
			continue
		}
		set := known[key]
		if set == nil {
			return fmt.Errorf("unknown attribute %q: %w", key, wrong)
		}
		if err := set(strings.TrimSpace(value)); err != nil {
			return err
		}
	}
	return nil
}

// parseInterval reads seconds, or microseconds with a u.
func parseInterval(text string) (time.Duration, error) {
	unit := time.Second
	digits, micro := strings.CutSuffix(text, "u")
	if micro {
		unit = time.Microsecond
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 || n > int64(maxSeconds*time.Second/unit) || time.Duration(n)*unit < leastTime {
		return 0, errInterval
	}
	return time.Duration(n) * unit, nil
}

// parseWorkers reads the mode: 0 is the common timer of the incumbent, here a worker as any.
func parseWorkers(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > maxWorkers {
		return 0, errWorkers
	}
	return max(n, 1), nil
}

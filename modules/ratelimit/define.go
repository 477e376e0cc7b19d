package ratelimit

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/core/limit"
	"github.com/moonroute/moonroute/kemi"
)

var (
	errPipe   = errors.New("want NUMBER:ALGORITHM:LIMIT, as 0:TAILDROP:200; the algorithms are TAILDROP, RED, FEEDBACK and NETWORK")
	errQueue  = errors.New("want PIPE:METHOD, as 0:REGISTER or 1:*")
	errNumber = fmt.Errorf("pipes are numbered 0 to %d", maxPipes-1)
	errQueues = fmt.Errorf("there are %d queues already", maxQueues)
)

// addPipe reads "0:TAILDROP:200".
func (s *state) addPipe(v kemi.ParamValue) error {
	number, rest, _ := strings.Cut(v.Str, ":")
	name, bound, _ := strings.Cut(rest, ":")
	algorithm, known := limit.ParseAlgorithm(strings.TrimSpace(name))
	n, err := strconv.Atoi(strings.TrimSpace(bound))
	if !known || err != nil {
		return fmt.Errorf("pipe %q: %w", v.Str, errPipe)
	}
	i, err := pipeNumber(number)
	if err != nil {
		return fmt.Errorf("pipe %q: %w", v.Str, err)
	}
	s.pipes[i].Set(algorithm, n)
	return nil
}

// addQueue reads "0:REGISTER".
func (s *state) addQueue(v kemi.ParamValue) error {
	number, method, _ := strings.Cut(v.Str, ":")
	if method = strings.TrimSpace(method); method == "" {
		return fmt.Errorf("queue %q: %w", v.Str, errQueue)
	}
	i, err := pipeNumber(number)
	if err != nil {
		return fmt.Errorf("queue %q: %w", v.Str, err)
	}
	list := *s.queues.Load()
	if len(list) == maxQueues {
		return fmt.Errorf("queue %q: %w", v.Str, errQueues)
	}
	list = append(list, queue{method, i})
	s.queues.Store(&list)
	return nil
}

func pipeNumber(text string) (int, error) {
	i, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || i < 0 || i >= maxPipes {
		return 0, errNumber
	}
	return i, nil
}

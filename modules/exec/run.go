package exec

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// maxChildren is how many commands run at once; further ones wait for their turn.
const maxChildren = 64

// grace is how long output is awaited that a command's own background children hold open.
const grace = time.Second

// job is one command to run.
type job struct {
	command string
	env     []string
	input   string
	output  *output // nil: what it writes is lost
}

var (
	errTime    = errors.New("killed: it ran longer than time_to_kill allows")
	errStopped = errors.New("killed: the server stops")
	errBusy    = errors.New("not run: too many commands run already")
)

// execute runs a command and waits for its end. It blocks for up to time_to_kill seconds.
func (s *state) execute(j *job) error {
	ctx, cancel := context.WithTimeoutCause(s.ctx, s.time(), errTime)
	defer cancel()
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return errBusy
	}
	err := j.child(ctx).Run()
	switch {
	case errors.Is(err, exec.ErrWaitDelay):
		return nil
	case err == nil:
		return nil
	case s.ctx.Err() != nil:
		return errStopped
	case ctx.Err() != nil:
		return errTime
	}
	return fmt.Errorf("failed: %w", err)
}

// child is the process to start. It leads a group of its own, which is killed as a whole.
func (j *job) child(ctx context.Context) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", j.command)
	cmd.Env, cmd.Dir, cmd.WaitDelay = j.env, "/", grace
	cmd.Stderr = os.Stderr
	ownGroup(cmd)
	if j.input != "" {
		cmd.Stdin = strings.NewReader(j.input)
	}
	if j.output != nil {
		cmd.Stdout = j.output
	}
	return cmd
}

// quote makes a text one word of a shell command, whatever it holds.
func quote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

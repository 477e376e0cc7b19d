// Command layout is "go build" with a linker that puts the functions of a list first and side by side, in the order of the list:
//
//	go run ./packaging/layout FUNCTIONS [flags of go build] PACKAGE
//
// A message runs a thousand functions, a little of each, and mostly finds them in no near cache. Where they lie among
// twenty times as many others, as the linker puts them, relaying a message takes up to a tenth longer.
//
// The linker is that of the toolchain, with a few lines more (linker.go). Where it cannot be made, the build goes on with the usual one.
package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const usage = "usage: layout FUNCTIONS [flags of go build] PACKAGE\nsuch as: layout packaging/layout/functions.txt -o moonroute ./cmd/moonroute"

func main() {
	err := run(os.Args[1:])
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed): // it has said why
		os.Exit(failed.ExitCode())
	case err != nil:
		fmt.Fprintln(os.Stderr, "layout:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) > 3 && args[0] == asTool:
		return tool(args[1], args[2], args[3:])
	case len(args) < 2:
		return errors.New(usage)
	}
	return build(args[0], args[1:])
}

// build runs "go build", with the linker of its own if there can be one.
func build(functions string, args []string) error {
	flag, err := toolexec(functions)
	if err != nil {
		fmt.Fprintln(os.Stderr, "layout: the functions stay in the linker's order:", err)
		return runGo(append([]string{"build"}, args...), nil)
	}
	return runGo(append([]string{"build", flag}, args...), nil)
}

// toolexec is the flag that has go build call this program in the place of its tools.
func toolexec(functions string) (flag string, err error) {
	if functions, err = filepath.Abs(functions); err != nil {
		return "", err
	}
	if _, err := os.Stat(functions); err != nil {
		return "", err
	}
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	linker, err := makeLinker()
	if err != nil {
		return "", err
	}
	if strings.Contains(self+linker+functions, "'") {
		return "", errors.New("a path has a quotation mark, which the flag cannot")
	}
	return fmt.Sprintf("-toolexec='%s' %s '%s' '%s'", self, asTool, linker, functions), nil
}

// goCommand is the go command that the Makefile uses.
func goCommand() string { return cmp.Or(os.Getenv("GO"), "go") }

// runGo runs the go command, with more in its environment.
func runGo(args, env []string) error {
	c := exec.Command(goCommand(), args...)
	c.Env = append(os.Environ(), env...)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	return c.Run()
}

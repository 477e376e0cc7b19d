package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// asTool is the first argument when go build calls this program in the place of a tool.
const asTool = "-as-tool"

// tool runs a tool of the toolchain, or the linker of this program in the place of the usual one.
func tool(linker, functions string, args []string) error {
	c := exec.Command(args[0], args[1:]...)
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	if strings.TrimSuffix(filepath.Base(args[0]), ".exe") != "link" {
		return c.Run()
	}
	list, err := os.ReadFile(functions)
	if err != nil {
		return err
	}
	c.Path = linker
	c.Env = append(os.Environ(), listVariable+"="+functions)
	if len(args) > 1 && args[1] == "-V=full" {
		return version(c, list)
	}
	return c.Run()
}

// version tells go build what a linked program depends on: the list, too.
func version(linker *exec.Cmd, list []byte) error {
	linker.Stdout = nil
	out, err := linker.Output()
	if err != nil {
		return err
	}
	fmt.Printf("%s functions=%x\n", bytes.TrimSpace(out), sha256.Sum256(list))
	return nil
}

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
)

// maxPassword bounds what is read for one.
const maxPassword = 4096

// readPassword asks for a password twice at a terminal, without showing it, or takes one
// line from what else the input is.
func readPassword(from io.Reader, what string) (string, error) {
	in := bufio.NewReader(io.LimitReader(from, maxPassword))
	terminal, ok := from.(*os.File)
	if !ok || !isTerminal(terminal) {
		return readLine(in)
	}
	show, err := hideTyping(terminal)
	if err != nil {
		return "", err
	}
	defer show()
	first, err := prompt(in, what+": ")
	if err != nil {
		return "", err
	}
	second, err := prompt(in, "Once more: ")
	if err == nil && first != second {
		err = errors.New("the two passwords differ: nothing is changed")
	}
	return first, err
}

func prompt(in *bufio.Reader, text string) (string, error) {
	fmt.Fprint(os.Stderr, text)
	line, err := readLine(in)
	fmt.Fprintln(os.Stderr)
	return line, err
}

func readLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// hideTyping turns the terminal's echo off until the function it gives is called, or until
// the user interrupts the program.
func hideTyping(terminal *os.File) (func(), error) {
	if err := stty(terminal, "-echo"); err != nil {
		return nil, fmt.Errorf("the terminal cannot hide what is typed: %w: write the password to the standard input instead", err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	go func() {
		if _, interrupted := <-stop; interrupted {
			_ = stty(terminal, "echo") // the program ends
			fmt.Fprintln(os.Stderr)
			os.Exit(exitUnreachable)
		}
	}()
	return func() {
		signal.Stop(stop)
		close(stop)
		_ = stty(terminal, "echo") // it has worked a moment ago
	}, nil
}

func stty(terminal *os.File, mode string) error {
	cmd := exec.Command("stty", mode)
	cmd.Stdin = terminal
	return cmd.Run()
}

package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
)

func checkCommand() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:     "check [-f FILE | SCRIPT.lua]",
		Short:   "Check a configuration and its script without running them",
		Example: "  moonroute check -f kamailio.cfg\n  moonroute check routes.lua",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				f.script = args[0]
			}
			cfg, err := f.load()
			if err != nil {
				return err
			}
			return check(cmd.OutOrStdout(), cfg)
		},
	}
	f.register(cmd.Flags())
	return cmd
}

// check reads everything that a start reads, and the script more closely than a start does.
func check(out io.Writer, cfg *config.Config) error {
	server, err := kemi.New(options(cfg, log.New(os.Stderr, log.Warn, isTerminal(os.Stderr))))
	if err != nil {
		return err
	}
	wrong := 0
	for _, problem := range server.CheckScripts() {
		fmt.Fprintln(out, problem.String())
		if !problem.Warning {
			wrong++
		}
	}
	if wrong > 0 {
		return fmt.Errorf("mistakes in the script: %d, see above", wrong)
	}
	fmt.Fprintln(out, "configuration and script are right")
	return nil
}

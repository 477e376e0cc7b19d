// Command moonroute is the SIP server that runs Kamailio KEMI scripts.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

// version is set by the build.
var version = "dev"

func main() {
	if err := rootCommand().Execute(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitCode(err))
	}
}

// exitUnreachable is the exit code where the server or the database could not be asked; any
// other failure is 1.
const exitUnreachable = 2

func exitCode(err error) int {
	if errors.As(err, &unreachable{}) {
		return exitUnreachable
	}
	return 1
}

func rootCommand() *cobra.Command {
	var f flags
	root := &cobra.Command{
		Use:   "moonroute [-f FILE | SCRIPT.lua]",
		Short: "SIP server scripted in Lua, for Kamailio KEMI configurations",
		Long: "moonroute runs a kamailio.cfg whose routing logic is a KEMI Lua script.\n" +
			"It stays in the foreground and logs to standard error.",
		Example: "  moonroute -f /etc/kamailio/kamailio.cfg     run a KEMI configuration\n" +
			"  moonroute -f kamailio.cfg -c                check it and the script, and exit\n" +
			"  moonroute routes.lua                        run a script with every default\n" +
			"  moonroute rpc -s unix:/run/moonroute/rpc.sock core.uptime",
		Args:          cobra.MaximumNArgs(1),
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				f.script = args[0]
			}
			return f.run(cmd.Context())
		},
	}
	f.register(root.Flags())
	root.AddCommand(checkCommand(), testCommand(), rpcCommand(), apiCommand(),
		dbCommand(), userCommand(), aclCommand(), aliasCommand(), ulCommand(),
		monitorCommand(), traceCommand(), psCommand(), uptimeCommand(), pingCommand(), serctlTopic())
	return root
}

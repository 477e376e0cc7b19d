package main

import "github.com/spf13/cobra"

// serctlTopic is a page of help for those who know the tools of SER and Kamailio.
func serctlTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "serctl",
		Short: "Which command does what serctl and kamctl do",
		Long: `What serctl (SER), kamctl and kamdbctl (Kamailio) do, and what does it here. The real kamctl,
kamcmd and kamdbctl work too: kamctl needs the parameter fifo_name of module jsonrpcs.

  serctl, kamctl                   here
  add USER PASSWORD                moonroute user add USER@DOMAIN (asks for the password)
  passwd USER PASSWORD             moonroute user passwd USER@DOMAIN
  rm USER                          moonroute user rm USER@DOMAIN
  show USER                        moonroute user show USER@DOMAIN
  acl grant|revoke|show            moonroute acl grant|revoke|show
  alias add|rm|show                moonroute ul add|rm|show --table aliases
  alias_db add|rm|show|list        moonroute alias add|rm|show
  ul add|rm|show                   moonroute ul add|rm|show
  showdb                           moonroute ul show --db
  online                           moonroute ul show
  monitor                          moonroute monitor
  ps, psa                          moonroute ps
  uptime                           moonroute uptime
  stats                            moonroute monitor --json, moonroute rpc stats.get_statistics all
  ping URI                         moonroute ping URI
  fifo, rpc, kamcmd                moonroute rpc
  start                            moonroute -f FILE, under the system's service manager
  stop, restart                    the service manager (a signal TERM ends a server)
  rpid                             a column of the table subscriber that auth_db loads (load_credentials)
  domain, address, dispatcher      rows of their tables; moonroute rpc domain.reload and the like
  mail USER                        the address is not stored: Kamailio's table subscriber has none
  db exec                          the client of the database: mariadb, sqlite3
  kamdbctl create                  moonroute db create
  kamdbctl drop, backup            the client of the database`,
	}
}

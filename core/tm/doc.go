// Package tm is the transaction layer of RFC 3261 section 17, as a proxy and as a user agent
// needs it: server transactions, client branches with their timers, forking with the choice
// of the best reply (16.7), CANCEL and ACK, requests of our own, and suspended transactions.
//
// One [Table] belongs to one shard and is used only from inside it, so nothing here is locked.
// Transactions come into being through the script's functions (t_newtran, t_relay and their
// kin) alone; the host hands in replies with [Table.Reply] and the end of a request route with
// [Table.AfterRequest]. The names, units and defaults of the parameters are the incumbent's.
package tm

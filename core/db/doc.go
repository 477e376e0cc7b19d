// Package db is the one way to a database: MySQL (or MariaDB) and the embedded SQLite, with
// Kamailio's URLs, tables and columns.
//
// Reads run side by side on a pool of connections. Writes go through one queue for each
// database: what waits there is committed together, so a busy server pays for one commit
// where a call at a time would pay for hundreds. A write returns when it is committed, and
// writes happen in the order in which they were asked for.
//
// A lost connection makes reads and writes fail at once with ErrDown, so that no call hangs;
// it is tried again in the background, and what was left with Later is written then.
//
// All that reads or writes here may block: from a shard, call it inside Wait.
package db

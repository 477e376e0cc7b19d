// Package db is the one way to a database: MySQL (or MariaDB) and the embedded SQLite, with
// Kamailio's URLs, tables and columns.
//
// Reads run side by side on a pool of connections. Writes go through one queue and one
// connection for each database: what waits there is committed together, so a busy server pays
// for one commit where a call at a time would pay for hundreds. Of inserts that arrive together
// those with the same columns become one statement.
//
// A write returns when it is committed: with SQLite's synchronous=FULL, and InnoDB's default
// innodb_flush_log_at_trx_commit=1, that is when it is on the disk. So what was acknowledged
// is there after the process or the machine has died. Writes whose callers wait are done in the
// order in which they came; those left with Later keep their order among each other.
//
// A lost connection makes reads and writes fail at once with ErrDown, so that no call hangs;
// it is tried again in the background, and what was left with Later is written then. One that
// is connected but hangs makes a few callers wait and refuses the others. A
// database that takes no writes, because of a lock or a full disk, can still be read.
//
// All that reads or writes here may block: from a shard, call it inside Wait.
package db

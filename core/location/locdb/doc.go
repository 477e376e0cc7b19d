// Package locdb keeps the contacts of location tables in a database, in rows that Kamailio's
// usrloc reads and writes too.
//
// A Table is one database table. It serves in three ways: as the backing of a location table
// (db_mode 1 and 3 of usrloc), through a Back that collects changes and writes them from time
// to time (db_mode 2), and to fill a table at the start.
package locdb

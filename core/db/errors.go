package db

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/go-sql-driver/mysql"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Errors of a database as such; those of a statement are the driver's.
var (
	// ErrDown says that the connection is lost. Nothing was written.
	ErrDown = errors.New("the database cannot be reached")
	// ErrBusy says that the queue of writes is full. Nothing was written.
	ErrBusy = errors.New("too many writes are waiting for the database")
	// ErrBlocked says that the database takes no writes at the moment: another client holds
	// a lock, the disk is full, or it is read-only. Nothing was written.
	ErrBlocked = errors.New("the database takes no writes")
	// ErrUncertain says that the connection was lost while the write was being committed: it
	// may be there or not.
	ErrUncertain = errors.New("the connection was lost during the commit")
	// ErrClosed says that the database was closed.
	ErrClosed = errors.New("the database is closed")
)

// trouble is what an error means for those who wait.
type trouble int

const (
	statementFailed trouble = iota // this statement is wrong, others may go on
	locked                         // another client's lock was in the way
	noWrites                       // no write can be done now
	connectionLost
)

// mysqlTroubles are the numbers of MySQL's errors that are not the statement's fault.
var mysqlTroubles = map[uint16]trouble{
	1205: locked,         // lock wait timeout exceeded
	1213: locked,         // deadlock found
	1021: noWrites,       // disk full
	1114: noWrites,       // the table is full
	1290: noWrites,       // the server runs with --read-only
	1836: noWrites,       // read-only mode
	1053: connectionLost, // server shutdown in progress
	1927: connectionLost, // connection was killed
}

// sqliteTroubles are SQLite's primary codes.
var sqliteTroubles = map[int]trouble{
	sqlite3.SQLITE_BUSY:     locked,
	sqlite3.SQLITE_LOCKED:   locked,
	sqlite3.SQLITE_FULL:     noWrites,
	sqlite3.SQLITE_READONLY: noWrites,
	sqlite3.SQLITE_IOERR:    connectionLost,
	sqlite3.SQLITE_CANTOPEN: connectionLost,
	sqlite3.SQLITE_NOTADB:   connectionLost,
}

// judge tells what an error of a driver means.
func judge(err error) trouble {
	var my *mysql.MySQLError
	var lite *sqlite.Error
	switch {
	case errors.Is(err, ErrDown):
		return connectionLost
	case errors.As(err, &my):
		return mysqlTroubles[my.Number]
	case errors.As(err, &lite):
		return sqliteTroubles[lite.Code()&0xff]
	case lostConnection(err):
		return connectionLost
	}
	return statementFailed
}

func lostConnection(err error) bool {
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &network)
}

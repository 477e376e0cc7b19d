package db

import (
	"database/sql"
	"database/sql/driver"
	"errors"
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
	tryAgain                       // a lock was in the way
	connectionLost
)

// The numbers of MySQL errors that ask to repeat the transaction, or that say that the server goes away.
const (
	mysqlLockWait       = 1205
	mysqlDeadlock       = 1213
	mysqlShutdown       = 1053
	mysqlTooManyClients = 1040
	mysqlKilled         = 1927
)

// judge tells what an error of a driver means.
func judge(err error) trouble {
	var my *mysql.MySQLError
	var lite *sqlite.Error
	switch {
	case errors.As(err, &my):
		return judgeMySQL(my.Number)
	case errors.As(err, &lite):
		return judgeSQLite(lite.Code())
	case lostConnection(err):
		return connectionLost
	}
	return statementFailed
}

func judgeMySQL(number uint16) trouble {
	switch number {
	case mysqlLockWait, mysqlDeadlock:
		return tryAgain
	case mysqlShutdown, mysqlTooManyClients, mysqlKilled:
		return connectionLost
	}
	return statementFailed
}

// judgeSQLite looks at the primary code, which is the lowest byte.
func judgeSQLite(code int) trouble {
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return tryAgain
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FULL:
		return connectionLost
	}
	return statementFailed
}

func lostConnection(err error) bool {
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) ||
		errors.Is(err, sql.ErrConnDone) || errors.As(err, &network)
}

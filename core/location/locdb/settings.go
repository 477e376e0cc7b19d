package locdb

import "github.com/moonroute/moonroute/core/flow"

// Version is the number of the location table's form, AttrsVersion that of its attributes.
const (
	Version      = 9
	AttrsVersion = 1
)

// AttrsSuffix makes the name of the table with the attributes of a table's contacts.
const AttrsSuffix = "_attrs"

// Columns are the names of the columns (the *_column parameters of usrloc).
type Columns struct {
	User, Domain, Contact, Expires, Q, CallID, CSeq, Flags, CFlags, UserAgent, Received, Path,
	Socket, Methods, Instance, RUID, RegID, ServerID, ConnectionID, Keepalive, Partition string
}

// lastModified has a fixed name.
const lastModified = "last_modified"

// Settings are how rows are written and read, the same for all tables of a server.
type Settings struct {
	Columns Columns

	UseDomain      bool  // the address of record has a domain, kept in its own column
	Seconds        bool  // times are numbers of seconds (expires_type)
	ByContact      bool  // rows are found by user, contact and Call-ID, not by id (db_ops_ruid=0)
	UpdateAsInsert bool  // db_update_as_insert
	InsertUpdate   bool  // db_insert_update
	InsertNull     bool  // an INSERT names columns without a value too (db_insert_null)
	CheckUpdate    bool  // an UPDATE that finds no row becomes an INSERT (db_check_update)
	Attrs          bool  // attributes are kept too (xavp_contact)
	OwnOnly        bool  // rows of other servers are not touched (server_id_filter)
	SkipRemote     bool  // contacts of sockets that are not ours are not loaded (skip_remote_socket)
	SkipStreams    bool  // contacts over connections are not loaded, and removed (db_clean_tcp)
	ServerID       int32 // of this server
	NATFlag        int   // branch flag of contacts behind NAT; -1: none
	Started        int64 // Unix seconds; connections of earlier contacts are gone

	// Socket finds the socket of a text such as "udp:192.0.2.1:5060"; nil: none of ours.
	Socket func(text string) *flow.Socket
}

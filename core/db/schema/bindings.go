package schema

// bindings are where users are, and the messages that wait for them.
func bindings() []Table {
	return []Table{
		{Name: "location", Group: "usrloc", Version: 9, Columns: contacts(512, 128), Indexes: []Index{
			unique("ruid_idx", "ruid"), index("account_contact_idx", "username", "domain", "contact"), index("expires_idx", "expires"),
			index("tcpcon_idx", "connection_id"), index("connection_idx", "server_id", "connection_id"),
		}},
		{Name: "location_attrs", Group: "usrloc", Version: 1, Columns: []Column{
			varchar("ruid", 64), varchar("username", 64), varchar("domain", 64).null(), varchar("aname", 64), number("atype"),
			varchar("avalue", 512), lastModified(),
		}, Indexes: []Index{
			index("account_record_idx", "username", "domain", "ruid"), index("last_modified_idx", "last_modified"),
		}},
		// The incumbent's own files say 8, with which its usrloc does not start where it has the table.
		{Name: "aliases", Group: "registrar", Version: 9, Tolerated: 8, Columns: contacts(255, 255), Indexes: []Index{
			unique("ruid_idx", "ruid"), index("account_contact_idx", "username", "domain", "contact"), index("expires_idx", "expires"),
		}},
		{Name: "silo", Group: "msilo", Version: 8, Columns: []Column{
			varchar("src_addr", 255), varchar("dst_addr", 255), varchar("username", 64), varchar("domain", 64), number("inc_time"),
			number("exp_time"), number("snd_time"), varchar("ctype", 32).or("'text/plain'"), column("body", blob).null(),
			column("extra_hdrs", text).null(), varchar("callid", 128), number("status"),
		}, Indexes: []Index{
			index("account_idx", "username", "domain"),
		}},
	}
}

// contacts are the columns of a table of contacts. The incumbent's files differ in the sizes of two.
func contacts(contact, received int) []Column {
	return []Column{
		varchar("ruid", 64), varchar("username", 64), varchar("domain", 64).null(), varchar("contact", contact),
		varchar("received", received).null(), varchar("path", 512).null(), column("expires", datetime).or("'2030-05-28 21:32:15'"),
		column("q", float2).or("1.0"), varchar("callid", 255).or("'Default-Call-ID'"), number("cseq").or("1"), lastModified(),
		number("flags"), number("cflags"), varchar("user_agent", 255), varchar("socket", 64).null(), number("methods").null(),
		varchar("instance", 255).null(), number("reg_id"), number("server_id"), number("connection_id"), number("keepalive"),
		number("partition"),
	}
}

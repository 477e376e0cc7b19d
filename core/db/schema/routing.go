package schema

// routing is what scripts look up to decide.
func routing() []Table {
	return []Table{
		{Name: "version", Group: "standard", Version: 1, Columns: []Column{
			varchar("table_name", 32).required(), unsigned("table_version"),
		}, Indexes: []Index{
			unique("table_name_idx", "table_name"),
		}},
		{Name: "domain", Group: "domain", Version: 2, Columns: []Column{
			varchar("domain", 64).required(), varchar("did", 64).null(), lastModified(),
		}, Indexes: []Index{
			unique("domain_idx", "domain"),
		}},
		{Name: "domain_attrs", Group: "domain", Version: 1, Columns: []Column{
			varchar("did", 64).required(), varchar("name", 32).required(), unsigned("type").required(),
			varchar("value", 255).required(), lastModified(),
		}, Indexes: []Index{
			index("domain_attrs_idx", "did", "name"),
		}},
		{Name: "trusted", Group: "permissions", Version: 6, Columns: []Column{
			varchar("src_ip", 50).required(), varchar("proto", 4).required(), varchar("from_pattern", 64).null(),
			varchar("ruri_pattern", 64).null(), varchar("tag", 64).null(), number("priority"),
		}, Indexes: []Index{
			index("peer_idx", "src_ip"),
		}},
		{Name: "address", Group: "permissions", Version: 6, Columns: []Column{
			unsigned("grp").or("1"), varchar("ip_addr", 50).required(), number("mask").or("32"), column("port", smallUnsigned).or("0"),
			varchar("tag", 64).null(),
		}},
		{Name: "dispatcher", Group: "dispatcher", Version: 4, Columns: []Column{
			number("setid"), varchar("destination", 192), number("flags"), number("priority"), varchar("attrs", 128),
			varchar("description", 64),
		}},
		{Name: "dialplan", Group: "dialplan", Version: 2, Columns: []Column{
			number("dpid").required(), number("pr").required(), number("match_op").required(), varchar("match_exp", 64).required(),
			number("match_len").required(), varchar("subst_exp", 64).required(), varchar("repl_exp", 256).required(),
			varchar("attrs", 64).required(),
		}},
		{Name: "pdt", Group: "pdt", Version: 1, Columns: []Column{
			varchar("sdomain", 255).required(), varchar("prefix", 32).required(), varchar("domain", 255),
		}, Indexes: []Index{
			unique("sdomain_prefix_idx", "sdomain", "prefix"),
		}},
		{Name: "mtree", Group: "mtree", Version: 1, Columns: []Column{
			varchar("tprefix", 32), varchar("tvalue", 128),
		}, Indexes: []Index{
			unique("tprefix_idx", "tprefix"),
		}},
		{Name: "mtrees", Group: "mtree", Version: 2, Columns: []Column{
			varchar("tname", 128), varchar("tprefix", 32), varchar("tvalue", 128),
		}, Indexes: []Index{
			unique("tname_tprefix_tvalue_idx", "tname", "tprefix", "tvalue"),
		}},
	}
}

// services are what modules keep or load.
func services() []Table {
	return []Table{
		{Name: "htable", Group: "htable", Version: 2, Columns: []Column{
			varchar("key_name", 64), number("key_type"), number("value_type"), varchar("key_value", 128), number("expires"),
		}},
		{Name: "pl_pipes", Group: "pipelimit", Version: 1, Columns: []Column{
			varchar("pipeid", 64), varchar("algorithm", 32), number("plimit"),
		}},
		{Name: "uacreg", Group: "uac", Version: 5, Columns: []Column{
			varchar("l_uuid", 64), varchar("l_username", 64), varchar("l_domain", 64), varchar("r_username", 64),
			varchar("r_domain", 64), varchar("realm", 64), varchar("auth_username", 64), varchar("auth_password", 64),
			varchar("auth_ha1", 128), varchar("auth_proxy", 255), number("expires"), number("flags"), number("reg_delay"),
			varchar("contact_addr", 255), varchar("socket", 128),
		}, Indexes: []Index{
			unique("l_uuid_idx", "l_uuid"),
		}},
		{Name: "rtpengine", Group: "rtpengine", Version: 1, Columns: []Column{
			unsigned("setid"), varchar("url", 64).required(), unsigned("weight").or("1"), column("disabled", bit).or("0"),
			column("stamp", datetime).or("'1900-01-01 00:00:01'"),
		}, Indexes: []Index{
			unique("rtpengine_nodes", "setid", "url"),
		}},
	}
}

package schema

// accounts are subscribers, their groups, aliases and preferences.
func accounts() []Table {
	return []Table{
		{Name: "subscriber", Group: "auth_db", Version: 7, Columns: []Column{
			varchar("username", 64), varchar("domain", 64), varchar("password", 64), varchar("ha1", 128), varchar("ha1b", 128),
		}, Indexes: []Index{
			unique("account_idx", "username", "domain"), index("username_idx", "username"),
		}},
		{Name: "grp", Group: "group", Version: 2, Columns: []Column{
			varchar("username", 64), varchar("domain", 64), varchar("grp", 64), lastModified(),
		}, Indexes: []Index{
			unique("account_group_idx", "username", "domain", "grp"),
		}},
		{Name: "re_grp", Group: "group", Version: 1, Columns: []Column{
			varchar("reg_exp", 128), number("group_id"),
		}, Indexes: []Index{
			index("group_idx", "group_id"),
		}},
		{Name: "uri", Group: "uri_db", Version: 1, Columns: []Column{
			varchar("username", 64), varchar("domain", 64), varchar("uri_user", 64), lastModified(),
		}, Indexes: []Index{
			unique("account_idx", "username", "domain", "uri_user"),
		}},
		{Name: "dbaliases", Group: "alias_db", Version: 1, Columns: []Column{
			varchar("alias_username", 64), varchar("alias_domain", 64), varchar("username", 64), varchar("domain", 64),
		}, Indexes: []Index{
			index("alias_user_idx", "alias_username"), index("alias_idx", "alias_username", "alias_domain"),
			index("target_idx", "username", "domain"),
		}},
		{Name: "speed_dial", Group: "speeddial", Version: 2, Columns: []Column{
			varchar("username", 64), varchar("domain", 64), varchar("sd_username", 64), varchar("sd_domain", 64),
			varchar("new_uri", 255), varchar("fname", 64), varchar("lname", 64), varchar("description", 64),
		}, Indexes: []Index{
			unique("speed_dial_idx", "username", "domain", "sd_domain", "sd_username"),
		}},
		{Name: "usr_preferences", Group: "avpops", Version: 2, Columns: []Column{
			varchar("uuid", 64), varchar("username", 255).or("0"), varchar("domain", 64), varchar("attribute", 32), number("type"),
			varchar("value", 128), lastModified(),
		}, Indexes: []Index{
			index("ua_idx", "uuid", "attribute"), index("uda_idx", "username", "domain", "attribute"),
		}},
		{Name: "userblocklist", Group: "userblocklist", Version: 1, Columns: []Column{
			varchar("username", 64), varchar("domain", 64), varchar("prefix", 64), column("allowlist", flag).or("0"),
		}, Indexes: []Index{
			index("userblocklist_idx", "username", "domain", "prefix"),
		}},
		{Name: "globalblocklist", Group: "userblocklist", Version: 1, Columns: []Column{
			varchar("prefix", 64), column("allowlist", flag).or("0"), varchar("description", 255).null(),
		}, Indexes: []Index{
			index("globalblocklist_idx", "prefix"),
		}},
	}
}

package schema

// presence is the state that users publish, and who watches it.
func presence() []Table {
	return []Table{
		{Name: "presentity", Group: "presence", Version: 5, Columns: []Column{
			varchar("username", 64).required(), varchar("domain", 64).required(), varchar("event", 64).required(),
			varchar("etag", 128).required(), number("expires").required(), number("received_time").required(), column("body", blob),
			varchar("sender", 255).required(), number("priority"), varchar("ruid", 64).null(),
		}, Indexes: []Index{
			unique("presentity_idx", "username", "domain", "event", "etag"), unique("ruid_idx", "ruid"),
			index("presentity_expires", "expires"), index("account_idx", "username", "domain", "event"),
		}},
		{Name: "active_watchers", Group: "presence", Version: 12, Columns: []Column{
			varchar("presentity_uri", 255).required(), varchar("watcher_username", 64).required(),
			varchar("watcher_domain", 64).required(), varchar("to_user", 64).required(), varchar("to_domain", 64).required(),
			varchar("event", 64).or("'presence'"), varchar("event_id", 64).null(), varchar("to_tag", 128).required(),
			varchar("from_tag", 128).required(), varchar("callid", 255).required(), number("local_cseq").required(),
			number("remote_cseq").required(), varchar("contact", 255).required(), column("record_route", text).null(),
			number("expires").required(), number("status").or("2"), varchar("reason", 64).null(), number("version"),
			varchar("socket_info", 64).required(), varchar("local_contact", 255).required(), varchar("from_user", 64).required(),
			varchar("from_domain", 64).required(), number("updated").required(), number("updated_winfo").required(), number("flags"),
			varchar("user_agent", 255).null().or("''"),
		}, Indexes: []Index{
			unique("active_watchers_idx", "callid", "to_tag", "from_tag"), index("active_watchers_expires", "expires"),
			index("active_watchers_pres", "presentity_uri", "event"), index("updated_idx", "updated"),
			index("updated_winfo_idx", "updated_winfo", "presentity_uri"),
		}},
		{Name: "watchers", Group: "presence", Version: 3, Columns: []Column{
			varchar("presentity_uri", 255).required(), varchar("watcher_username", 64).required(),
			varchar("watcher_domain", 64).required(), varchar("event", 64).or("'presence'"), number("status").required(),
			varchar("reason", 64).null(), number("inserted_time").required(),
		}, Indexes: []Index{
			unique("watcher_idx", "presentity_uri", "watcher_username", "watcher_domain", "event"),
		}},
		{Name: "xcap", Group: "presence", Version: 4, Columns: []Column{
			varchar("username", 64).required(), varchar("domain", 64).required(), column("doc", mediumBlob),
			number("doc_type").required(), varchar("etag", 128).required(), number("source").required(),
			varchar("doc_uri", 255).required(), number("port").required(),
		}, Indexes: []Index{
			unique("doc_uri_idx", "doc_uri"), index("account_doc_type_idx", "username", "domain", "doc_type"),
			index("account_doc_type_uri_idx", "username", "domain", "doc_type", "doc_uri"),
			index("account_doc_uri_idx", "username", "domain", "doc_uri"),
		}},
		{Name: "pua", Group: "presence", Version: 7, Columns: []Column{
			varchar("pres_uri", 255).required(), varchar("pres_id", 255).required(), number("event").required(),
			number("expires").required(), number("desired_expires").required(), number("flag").required(),
			varchar("etag", 128).required(), varchar("tuple_id", 64).null(), varchar("watcher_uri", 255).required(),
			varchar("call_id", 255).required(), varchar("to_tag", 128).required(), varchar("from_tag", 128).required(),
			number("cseq").required(), column("record_route", text).null(), varchar("contact", 255).required(),
			varchar("remote_contact", 255).required(), number("version").required(), column("extra_headers", text),
		}, Indexes: []Index{
			unique("pua_idx", "etag", "tuple_id", "call_id", "from_tag"), index("expires_idx", "expires"),
			index("dialog1_idx", "pres_id", "pres_uri"), index("dialog2_idx", "call_id", "from_tag"), index("record_idx", "pres_id"),
		}},
	}
}

// resourceLists are the subscriptions to lists of users.
func resourceLists() []Table {
	return []Table{
		{Name: "rls_presentity", Group: "rls", Version: 1, Columns: []Column{
			varchar("rlsubs_did", 255).required(), varchar("resource_uri", 255).required(), varchar("content_type", 255).required(),
			column("presence_state", blob), number("expires").required(), number("updated").required(),
			number("auth_state").required(), varchar("reason", 64).required(),
		}, Indexes: []Index{
			unique("rls_presentity_idx", "rlsubs_did", "resource_uri"), index("rlsubs_idx", "rlsubs_did"),
			index("updated_idx", "updated"), index("expires_idx", "expires"),
		}},
		{Name: "rls_watchers", Group: "rls", Version: 3, Columns: []Column{
			varchar("presentity_uri", 255).required(), varchar("to_user", 64).required(), varchar("to_domain", 64).required(),
			varchar("watcher_username", 64).required(), varchar("watcher_domain", 64).required(),
			varchar("event", 64).or("'presence'"), varchar("event_id", 64).null(), varchar("to_tag", 128).required(),
			varchar("from_tag", 128).required(), varchar("callid", 255).required(), number("local_cseq").required(),
			number("remote_cseq").required(), varchar("contact", 255).required(), column("record_route", text).null(),
			number("expires").required(), number("status").or("2"), varchar("reason", 64).required(), number("version"),
			varchar("socket_info", 64).required(), varchar("local_contact", 255).required(), varchar("from_user", 64).required(),
			varchar("from_domain", 64).required(), number("updated").required(),
		}, Indexes: []Index{
			unique("rls_watcher_idx", "callid", "to_tag", "from_tag"),
			index("rls_watchers_update", "watcher_username", "watcher_domain", "event"), index("rls_watchers_expires", "expires"),
			index("updated_idx", "updated"),
		}},
	}
}

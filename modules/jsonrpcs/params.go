package jsonrpcs

import "github.com/moonroute/moonroute/kemi"

var params = kemi.Params[state]{
	kemi.IntParam("pretty_format", 1, func(s *state) *int { return &s.pretty }, "indent the answers"),
	kemi.IntParam("transport", overFIFO|overDatagram, func(s *state) *int { return &s.transport }, "sum of the transports to serve: 1 HTTP, 2 FIFO, 4 datagram socket; 0 is all"),
	path("fifo_name", defaultFIFO, func(s *state) *file { return &s.fifo }, "path of the FIFO; a relative one is below the runtime directory"),
	mode("fifo_mode", func(s *state) *file { return &s.fifo }, "permissions of the FIFO; its owner alone unless set, 0660 if a group is set"),
	group("fifo_group", func(s *state) *file { return &s.fifo }, "group of the FIFO, by name or number"),
	user("fifo_user", func(s *state) *file { return &s.fifo }, "owner of the FIFO, by name or number"),
	kemi.StrParam("fifo_reply_dir", "/tmp/", func(s *state) *string { return &s.replyDir }, "folder of the clients' reply FIFOs"),
	path("dgram_socket", defaultSocket, func(s *state) *file { return &s.dgram }, "path of the socket, or udp:host:port; a relative path is below the runtime directory"),
	kemi.IntParam("dgram_workers", 1, func(s *state) *int { return &s.workers }, "datagram requests that are answered at a time"),
	kemi.IntParam("dgram_timeout", 2000, func(s *state) *int { return &s.timeout }, "milliseconds that a client has to take its answer"),
	mode("dgram_mode", func(s *state) *file { return &s.dgram }, "permissions of the socket; its owner alone unless set, 0660 if a group is set"),
	group("dgram_group", func(s *state) *file { return &s.dgram }, "group of the socket, by name or number"),
	user("dgram_user", func(s *state) *file { return &s.dgram }, "owner of the socket, by name or number"),
	kemi.StrParam("tcp_socket", "", func(s *state) *string { return &s.tcpSocket }, "accepted; requests over plain TCP are not served"),
	kemi.StrParam("http_socket", "", func(s *state) *string { return &s.httpSocket }, "address:port on the loopback where POST /RPC is served; none unless set (the incumbent has its xhttp module for that)"),
}

func path(name, def string, field func(*state) *file, doc string) kemi.Param[state] {
	return kemi.FuncParam(name, kemi.KindStr, `"`+def+`"`, func(s *state, v kemi.ParamValue) error {
		field(s).path = v.Str
		return nil
	}, doc)
}

func mode(name string, field func(*state) *file, doc string) kemi.Param[state] {
	return kemi.IntParam(name, 0, func(s *state) *int { return &field(s).mode }, doc)
}

func user(name string, field func(*state) *file, doc string) kemi.Param[state] {
	return kemi.FuncParam(name, kemi.KindNull, "who runs the server", func(s *state, v kemi.ParamValue) error {
		return field(s).owner.SetUser(v)
	}, doc)
}

func group(name string, field func(*state) *file, doc string) kemi.Param[state] {
	return kemi.FuncParam(name, kemi.KindNull, "who runs the server", func(s *state, v kemi.ParamValue) error {
		return field(s).owner.SetGroup(v)
	}, doc)
}

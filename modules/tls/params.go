package tls

import "github.com/moonroute/moonroute/kemi"

// inert are parameters of the incumbent's library that mean nothing to Go's. They are kept to be shown.
type inert struct {
	compression, releaseBuffers, freelist, fragment, readAhead  int
	wqMax, conWqMax, wqBlock, forceRun, lowMem1, lowMem2        int
	renegotiation, initMode, keyPasswordMode, log, debug, close kemi.LiveInt
	quirks                                                      int
	sessionID, randEngine, quirksConfig                         string
}

const (
	notHere    = "accepted without effect: "
	ownBuffers = notHere + "it tunes buffers of OpenSSL"
	ownQueues  = notHere + "bytes that wait are bounded by tcp_conn_wq_max and tcp_wq_max"
	ownMemory  = notHere + "it guards against OpenSSL running out of shared memory"
)

var params = kemi.Params[state]{
	kemi.FuncParam("tls_method", kemi.KindStr, `"TLSv1.2+"`, method, "versions spoken: TLSv1.2+ (and later), TLSv1.3, TLSv1.2, TLSv1.3+; TLSv1, TLSv1+, TLSv1.1, TLSv1.1+ for old peers; SSLv23 is TLSv1.2+. SSLv2 and SSLv3 are refused"),
	kemi.StrParam("server_name", "", func(s *state) *string { return &s.base.serverName }, "name that is asked for (SNI) by connections that this server opens"),
	choiceParam("verify_certificate", func(s *state) *choice { return &s.base.verify }, "1: a peer's certificate must be signed by an authority of ca_list. Not set, or 0 given in a profile: see Verification"),
	kemi.IntParam("verify_depth", defaultDepth, func(s *state) *int { return &s.base.depth }, "most certificates between the peer's and the authority's"),
	choiceParam("require_certificate", func(s *state) *choice { return &s.base.require }, "1: a peer must present a certificate, and one that passes"),
	kemi.FuncParam("verify_client", kemi.KindStr, `"off"`, verifyClient, "on, optional, optional_no_ca or off: another way to say both of these"),
	kemi.StrParam("private_key", "", func(s *state) *string { return &s.base.key }, "file of the key; the certificate's if not given"),
	kemi.FuncParam("private_key_password", kemi.KindStr, `""`, refuseText("the key must not be encrypted: decrypt it with openssl pkey"), "refused: keys are not encrypted"),
	kemi.StrParam("ca_list", "", func(s *state) *string { return &s.base.caList }, "file of the authorities that are trusted"),
	kemi.StrParam("ca_path", "", func(s *state) *string { return &s.base.caPath }, "folder of such files"),
	kemi.StrParam("certificate", "", func(s *state) *string { return &s.base.cert }, "file of this server's certificate and those between it and its authority; cert.pem beside the configuration file if not given"),
	kemi.StrParam("crl", "", func(s *state) *string { return &s.base.crl }, "file of the lists of revoked certificates, one for each authority"),
	kemi.StrParam("cipher_list", "", func(s *state) *string { return &s.base.ciphers }, "ciphers of TLS 1.2 and before as OpenSSL writes them; a choice of Go's safe ones if not given"),
	kemi.LiveIntParam("connection_timeout", 600, func(s *state) *kemi.LiveInt { return &s.lifetime }, "seconds that a connection may be idle; -1: for ever, 0: tcp_connection_lifetime"),
	kemi.FuncParam("engine", kemi.KindStr, `"NONE"`, refuseUnless("NONE", "there are no OpenSSL engines here: keys are in files"), "refused unless NONE"),
	kemi.FuncParam("engine_config", kemi.KindStr, `"NONE"`, refuseUnless("NONE", "there are no OpenSSL engines here"), "refused unless NONE"),
	kemi.FuncParam("engine_algorithms", kemi.KindStr, `"ALL"`, nothing, notHere+"there are no OpenSSL engines here"),
	kemi.StrParam("provider_quirks_config", "", func(s *state) *string { return &s.inert.quirksConfig }, notHere+"there are no OpenSSL providers here"),
	kemi.IntParam("provider_quirks", 0, func(s *state) *int { return &s.inert.quirks }, notHere+"there are no OpenSSL providers here"),
	kemi.LiveIntParam("tls_log", 3, func(s *state) *kemi.LiveInt { return &s.inert.log }, notHere+"handshakes that fail are warnings, at most a few each second"),
	kemi.LiveIntParam("tls_debug", 3, func(s *state) *kemi.LiveInt { return &s.inert.debug }, notHere+"it is for OpenSSL's input and output"),
	kemi.IntParam("session_cache", 0, func(s *state) *int { return &s.sessions }, "1: peers may resume sessions by ticket; the keys are new with each start and reload"),
	kemi.StrParam("session_id", "kamailio-tls-5.x.y", func(s *state) *string { return &s.inert.sessionID }, notHere+"tickets of other servers are never accepted"),
	kemi.StrParam("config", "", func(s *state) *string { return &s.config }, "file of profiles; with it the parameters above that a profile can have are not used"),
	kemi.IntParam("tls_disable_compression", 1, func(s *state) *int { return &s.inert.compression }, notHere+"compression is never used"),
	kemi.IntParam("ssl_release_buffers", -1, func(s *state) *int { return &s.inert.releaseBuffers }, ownBuffers),
	kemi.IntParam("ssl_freelist_max_len", -1, func(s *state) *int { return &s.inert.freelist }, ownBuffers),
	kemi.IntParam("ssl_max_send_fragment", -1, func(s *state) *int { return &s.inert.fragment }, ownBuffers),
	kemi.IntParam("ssl_read_ahead", 0, func(s *state) *int { return &s.inert.readAhead }, ownBuffers),
	kemi.LiveIntParam("send_close_notify", 0, func(s *state) *kemi.LiveInt { return &s.inert.close }, notHere+"the peer is always told of the end if that can go out at once"),
	kemi.IntParam("con_ct_wq_max", 65536, func(s *state) *int { return &s.inert.conWqMax }, ownQueues),
	kemi.IntParam("ct_wq_max", 10485760, func(s *state) *int { return &s.inert.wqMax }, ownQueues),
	kemi.IntParam("ct_wq_blk_size", 4096, func(s *state) *int { return &s.inert.wqBlock }, ownQueues),
	kemi.IntParam("tls_force_run", 0, func(s *state) *int { return &s.inert.forceRun }, notHere+"there is no OpenSSL whose version could differ"),
	kemi.IntParam("low_mem_threshold1", -1, func(s *state) *int { return &s.inert.lowMem1 }, ownMemory),
	kemi.IntParam("low_mem_threshold2", -1, func(s *state) *int { return &s.inert.lowMem2 }, ownMemory),
	kemi.LiveIntParam("renegotiation", 0, func(s *state) *kemi.LiveInt { return &s.inert.renegotiation }, notHere+"a peer that asks for renegotiation is refused"),
	kemi.StrParam("xavp_cfg", "", func(s *state) *string { return &s.xavp }, "name of the xavp whose server_name and server_id fields say, for a message, how its connection is opened"),
	kemi.StrParam("event_callback", "", func(s *state) *string { return &s.callback }, "script function for the events"),
	kemi.StrParam("rand_engine", "", func(s *state) *string { return &s.inert.randEngine }, notHere+"random numbers come from the system"),
	kemi.LiveIntParam("init_mode", 0, func(s *state) *kemi.LiveInt { return &s.inert.initMode }, notHere+"it is for the start of OpenSSL"),
	kemi.LiveIntParam("key_password_mode", 0, func(s *state) *kemi.LiveInt { return &s.inert.keyPasswordMode }, notHere+"keys are not encrypted"),
	kemi.FuncParam("keylog_mode", kemi.KindInt, "0", refuseNumber("secrets of connections are not written to files here"), "refused unless 0"),
	kemi.FuncParam("keylog_file", kemi.KindStr, `""`, nothing, notHere+"secrets of connections are not written to files"),
	kemi.FuncParam("keylog_peer", kemi.KindStr, `""`, nothing, notHere+"secrets of connections are not sent anywhere"),
}

// Package scenarios compares the server, message for message, with what the incumbent does.
//
// Each file of the folder cases is one case in sections: what it is about, lines for the
// configuration, the Lua script, the steps of the peers, and the transcript: every message that the
// peers received from the incumbent, what the script noted and what RPC answered.
//
//	go test ./tests/scenarios                              compares this server
//	go test ./tests/scenarios -run /fork                   only the cases with "fork" in their names
//	go test ./tests/scenarios -record -server kamailio     writes the transcripts anew
//
// A case whose section "own" says why the incumbent cannot be asked (a function that its 5.6.3 lacks) holds a
// transcript of this server, read and found right by its author.
// The section "differs" lists lines that are not compared, each with the reason after a #.
//
// The server under test runs inside the test's process, on a network in memory and on
// hand-moved time, so a case that waits for a minute takes milliseconds. Recording runs the real program on
// ports 25000 to 25099 of 127.0.0.1.
//
// # Steps
//
// One step a line; alice, bob, carol and dave are peers.
//
//	alice > INVITE sip:bob@{bob}   sends a request; indented lines below replace headers or add some
//	alice/tcp > OPTIONS sip:x      the same over TCP
//	alice > ACK                    of the last final reply to her INVITE; likewise CANCEL, BYE (and any
//	                               other method without a URI) within the dialog
//	alice > raw SIP/2.0 200 OK     any start line; the indented lines are all its headers
//	alice > again                  her last message once more
//	bob < INVITE                   the next message that comes to bob; repetitions are passed over
//	bob < INVITE again             a repetition of a message that came before
//	bob > 180                      replies to the last request that came to bob
//	bob > 200 CANCEL               to the last CANCEL
//	wait 300ms                     lets time pass
//	quiet 300ms                    lets time pass, and nothing may come
//	rpc tm.stats                   calls a command; arguments are words or quoted texts
//	rpc begin tm.t_uac_wait …      calls it without waiting, and
//	rpc end                        waits for its answer
//
// In all texts {bob} is the address and port of a peer, {bob.port} the port alone, {server} the server's
// and {nobody} an address where nobody listens; {tindex} and {tlabel} stand for what the last RPC answer
// said. In a script, note(…) adds a line to the transcript.
//
// # What is compared
//
// Whole messages, with the values that the server makes up (branches, tags, Call-IDs) replaced by
// symbols: the same value has the same symbol. Each peer's messages are compared in their order; how they
// interleave with another peer's is not.
package scenarios

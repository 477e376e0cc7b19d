// Package rpc runs a server's control commands and carries them: JSON-RPC 2.0 over
// datagram sockets, FIFOs and HTTP, and the binary protocol that kamcmd speaks.
//
// A command reads a flat list of parameters from its Call and adds ordered values to
// the answer. It never knows which carrier asked: the same result is written as JSON
// or as binary records, in the shapes that clients of Kamailio's jsonrpcs and ctl
// modules expect.
//
// There is one Registry for each server and no state in the package, so two servers in
// one process do not see each other.
package rpc

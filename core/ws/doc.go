// Package ws is the framing of WebSocket (RFC 6455) on the server's side: the handshake's answer, frames
// in and out, and messages put together of their fragments within a bound. It does no I/O.
//
// Headers, masks and the rules for them are those of gobwas/ws, which works on any bytes. What it has for
// whole connections is left aside: connections here have their own buffers, limits and queues.
package ws

// Package msrp is the Message Session Relay Protocol (RFC 4975) as a relay sees it (RFC 4976):
// frames, URIs and paths, and what a relay does with a frame.
//
// A frame is read as it comes. One that is longer than Limits.Piece is passed on in chunks with
// byte ranges of their own, as RFC 4975 5.1 lets every hop do: no frame is ever kept whole, none
// blocks a connection for others, and whoever sends is slowed down to the pace of who reads.
package msrp

package flow

// WebSocket tells that messages are frames of WebSocket (RFC 7118).
func (p Proto) WebSocket() bool { return p == WS || p == WSS }

// Base is the stream that the protocol runs on: TCP for WS, TLS for WSS, itself for the others.
func (p Proto) Base() Proto {
	switch p {
	case WS:
		return TCP
	case WSS:
		return TLS
	}
	return p
}

// OverWebSocket is the protocol of a connection of TCP or TLS once it has been upgraded.
func (p Proto) OverWebSocket() Proto {
	switch p {
	case TCP:
		return WS
	case TLS:
		return WSS
	}
	return p
}

// Carries tells whether messages of a protocol may come and go by a socket of this one: connections
// of TCP and TLS sockets may be upgraded to WebSocket.
func (p Proto) Carries(message Proto) bool {
	return p == message || message.WebSocket() && p == message.Base()
}

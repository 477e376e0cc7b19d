package ws

import (
	"crypto/sha1"
	"encoding/base64"
)

// keyLen is the length of a decoded Sec-WebSocket-Key.
const keyLen = 16

// ValidKey tells whether a Sec-WebSocket-Key is one (RFC 6455 4.1).
func ValidKey(key string) bool {
	b, err := base64.StdEncoding.DecodeString(key)
	return err == nil && len(b) == keyLen
}

// Accept is the Sec-WebSocket-Accept that answers a key (RFC 6455 4.2.2).
func Accept(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

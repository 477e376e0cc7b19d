// Package web tests HTTP and WebSocket on the ports of SIP, with scripts.
package web

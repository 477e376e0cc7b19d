// Package websocket is an example without Go code: phones in web pages beside others, and its test.
package websocket

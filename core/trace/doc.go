// Package trace follows chosen calls through a server while somebody watches: the messages that come
// and go, the routes that run and the functions that they call.
//
// Without a watcher it costs one comparison a message and one a function call. A watcher that stops
// reading is forgotten, and each has a bound on what is kept for it.
package trace

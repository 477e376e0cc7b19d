// Package fakenet is a network in memory for tests and simulations, in two forms.
//
// Net is a simulation: packets between hosts are events on a queue, and whoever calls Step
// delivers the next one on its own goroutine and moves a clock.Manual to its instant.
// Links lose, repeat, delay and reorder datagrams as they are told, and can be cut. The same
// seed and the same calls give the same events, so a failure can be repeated.
//
// Pipes is a transport.Net for a real transport.Set: its sockets are pipes, so that a whole
// server with its goroutines runs inside testing/synctest.
package fakenet

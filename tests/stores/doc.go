// Package stores treats a running server badly and looks at what is left: the process is killed
// at random instants, its database is stopped and started under load.
//
// What lives here besides the tests is their harness: Server runs the built binary, Client is a
// fast SIP peer with any number of requests under way. MOONROUTE_LOAD=full asks for the whole
// number of rounds, and for the figures of time. "make e2e" runs them, or go test -tags e2e; without the tag, go test runs only
// what -run names.
package stores

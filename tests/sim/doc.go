// Package sim plays whole calls through a server on a network that loses, repeats and
// reorders packets, with time that moves from event to event, and checks that each ends as
// RFC 3261 allows. It also measures what pending calls cost, and the order of messages under
// real concurrency. All of it is tests.
package sim

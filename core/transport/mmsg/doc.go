// Package mmsg reads and writes many datagrams with one system call, where the system can do that.
//
// It saves what surrounds each of them: entering the system, finding the socket and the way, waking the
// receiver. Neighbours of equal length to one peer leave as one packet that the system takes apart (UDP_SEGMENT).
// No call waits, and the Go scheduler is told of none.
package mmsg

// Package msrp holds tests of the MSRP relay as a whole: load, peers that read slowly, and bytes
// that are no frames.
package msrp

// Package msrpcmap is an example without Go code: a relay of MSRP whose sessions the module keeps,
// and its test.
package msrpcmap

// Package msrphtable is an example without Go code: a relay of MSRP that keeps its sessions in a
// hash table, and its test.
package msrphtable

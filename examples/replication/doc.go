// Package replication is an example without Go code: two registrars that keep each other's
// contacts, in Lua, and its test.
package replication

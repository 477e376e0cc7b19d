// Package msilo is an example without Go code: messages for users who are offline, kept by a
// script in Lua, and its test.
package msilo

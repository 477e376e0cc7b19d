// Package statefulua is an example without Go code: a user agent server in Lua, and its test.
package statefulua

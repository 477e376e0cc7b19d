// Package hello is an example without Go code: routes.lua, which "make run" serves, and its test.
package hello

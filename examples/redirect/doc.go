// Package redirect is an example without Go code: a redirect server in Lua, and its test.
package redirect

// Package libs holds the libraries that scripts find without anything being installed: stand-ins, under the same names
// and with the same meanings, for those in C that routing scripts have been seen to require, and for those in Lua that
// build on them.
//
// A library asks the state that it runs in for what it needs (Host): what it makes counts against the limits of the
// script, and what waits lets go of the shard meanwhile. Connections and files are handles of the state: there are only so
// many, and they end with it.
package libs

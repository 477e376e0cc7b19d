// Package config reads Kamailio's configuration file, as far as deployments with a KEMI
// script use it: preprocessor directives, global parameters, sockets, modules and their
// parameters. It gives a plain value and knows no module: whether a module or parameter
// exists is checked by the reader of the value, so every item keeps its position.
//
// Reading goes in three layers. A source is a text with a place in it (source.go). The
// reader turns a stack of sources into tokens; on the way it obeys directives, opens included
// files and puts defined values in place of names (reader.go, preprocess.go). The
// parser turns tokens into statements (parse.go).
//
// What the incumbent refuses for no reason an operator would miss is accepted here, such as a
// comment behind #!endif; what it takes in silence and cannot have been meant is a warning.
package config

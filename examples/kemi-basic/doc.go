// Package kemibasic is an example without Go code: a configuration for the KEMI script of the
// distribution, and its test.
package kemibasic

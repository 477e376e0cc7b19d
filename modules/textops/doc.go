// Package textops is the KSR module textops: search and change the text of the
// message in hand, its header fields and its body.
package textops

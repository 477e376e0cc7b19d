// Package web serves HTTP requests that come on the ports of SIP: it shows one to a script as
// if it were a SIP request, and answers it over its connection (RFC 9112).
package web

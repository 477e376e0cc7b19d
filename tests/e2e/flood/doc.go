// Package flood offers more calls than a server can take, from one core: caller and callee are one loop, and datagrams
// are read and written many at a time. It knows the messages of its own calls, not SIP.
//
// A call is INVITE, 200, ACK, and at once BYE, 200. What is not answered is sent again (RFC 3261 17.1), and a call that
// is refused is acknowledged.
package flood

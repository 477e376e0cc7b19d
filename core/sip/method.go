package sip

import "math/bits"

// Method is a request method as one bit, so that a set of methods is a Method as well. The values are those that the
// incumbent shows in $rmid and stores in the methods column of the location table.
type Method uint32

// The known methods. MethodOther stands for every other one.
const (
	MethodInvite Method = 1 << iota
	MethodCancel
	MethodAck
	MethodBye
	MethodInfo
	MethodRegister
	MethodSubscribe
	MethodNotify
	MethodMessage
	MethodOptions
	MethodPrack
	MethodUpdate
	MethodRefer
	MethodPublish
	MethodKDMQ
	MethodGet
	MethodPost
	MethodPut
	MethodDelete
	MethodOther
)

// methodNames has the name of each method at the place of its bit.
var methodNames = [...]string{
	"INVITE", "CANCEL", "ACK", "BYE", "INFO", "REGISTER", "SUBSCRIBE", "NOTIFY", "MESSAGE", "OPTIONS",
	"PRACK", "UPDATE", "REFER", "PUBLISH", "KDMQ", "GET", "POST", "PUT", "DELETE",
}

// ParseMethod gives the method of a name, which is case-sensitive (RFC 3261 7.1): "invite" is MethodOther.
func ParseMethod(name string) Method { // a switch, which needs no table in memory
	switch name {
	case "INVITE":
		return MethodInvite
	case "CANCEL":
		return MethodCancel
	case "ACK":
		return MethodAck
	case "BYE":
		return MethodBye
	case "INFO":
		return MethodInfo
	case "REGISTER":
		return MethodRegister
	case "SUBSCRIBE":
		return MethodSubscribe
	case "NOTIFY":
		return MethodNotify
	case "MESSAGE":
		return MethodMessage
	case "OPTIONS":
		return MethodOptions
	case "PRACK":
		return MethodPrack
	case "UPDATE":
		return MethodUpdate
	case "REFER":
		return MethodRefer
	case "PUBLISH":
		return MethodPublish
	case "KDMQ":
		return MethodKDMQ
	case "GET":
		return MethodGet
	case "POST":
		return MethodPost
	case "PUT":
		return MethodPut
	case "DELETE":
		return MethodDelete
	}
	return MethodOther
}

// String gives the name of a single known method, and "" for MethodOther and for sets.
func (m Method) String() string {
	i := bits.TrailingZeros32(uint32(m))
	if m&(m-1) != 0 || i >= len(methodNames) {
		return ""
	}
	return methodNames[i]
}

// Has reports whether all methods of a set are in m.
func (m Method) Has(set Method) bool { return m&set == set }

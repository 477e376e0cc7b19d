package rpc

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// The binary protocol, as kamcmd speaks it.
//
// A packet is a header and a body of records:
//
//	byte 0   0xA1: magic 0xA, version 1
//	byte 1   packet kind (4 bits), bytes of the length less one (2), bytes of the cookie less one (2)
//	         then the body's length and the cookie, most significant byte first
//
// A record starts with one byte: a flag, a size (3 bits) and a kind (4 bits). Without the
// flag the size is that of the content; with it, that of a length which comes first.
// Strings and names count and carry a closing zero. For structs and arrays the flag marks the end.
const (
	binMagic = 0xA1

	binRequest = 0
	binReply   = 1
	binFault   = 3

	recInt    = 0
	recString = 1
	recDouble = 2 // an integer, in thousandths
	recStruct = 3
	recArray  = 4
	recName   = 5 // the name of the value that follows, in a struct
	recBytes  = 6

	recFlag = 0x80
)

// binHeader is the fixed part of a packet.
type binHeader struct {
	kind   byte
	length int // of the body
	cookie uint32
}

// minHeader is what must be read before the size of the header is known.
const minHeader = 2

// headerSize is the size of the header that starts with these two bytes.
func headerSize(b []byte) (int, error) {
	if b[0] != binMagic {
		return 0, fmt.Errorf("%w: no binary packet", ErrMalformed)
	}
	return minHeader + int(b[1]>>2&3) + 1 + int(b[1]&3) + 1, nil
}

// parseHeader reads a header, which is whole: b has at least the size that headerSize told.
func parseHeader(b []byte) binHeader {
	cookie := minHeader + int(b[1]>>2&3) + 1
	end := cookie + int(b[1]&3) + 1
	return binHeader{
		kind:   b[1] >> 4,
		length: int(bigEndian(b[minHeader:cookie])),
		cookie: uint32(bigEndian(b[cookie:end])),
	}
}

func bigEndian(b []byte) (n uint64) {
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n
}

// packet puts a header before a body.
func packet(kind byte, cookie uint32, body []byte) []byte {
	lengthSize := max(1, byteLen(uint64(len(body))))
	cookieSize := max(1, byteLen(uint64(cookie)))
	out := make([]byte, 0, minHeader+8+len(body))
	out = append(out, binMagic, kind<<4|byte(lengthSize-1)<<2|byte(cookieSize-1))
	out = appendBig(out, uint64(len(body)), lengthSize)
	out = appendBig(out, uint64(cookie), cookieSize)
	return append(out, body...)
}

// byteLen is the number of bytes that n needs; 0 needs none.
func byteLen(n uint64) int { return (bits.Len64(n) + 7) / 8 }

func appendBig(b []byte, n uint64, size int) []byte {
	var full [8]byte
	binary.BigEndian.PutUint64(full[:], n)
	return append(b, full[8-size:]...)
}

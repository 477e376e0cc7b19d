package rpc

import (
	"fmt"
	"math"
	"strconv"
)

// appendRecord writes one value. Lists are written as structs, as Kamailio does: kamcmd
// prints both alike, and a struct may have members with and without a name.
func appendRecord(b []byte, v Value) []byte {
	switch v := v.(type) {
	case int64:
		return appendInt(b, v)
	case float64:
		return appendDouble(b, v)
	case string:
		return appendString(b, recString, v)
	case *Struct:
		return appendMembers(b, v.members)
	case *List:
		return appendMembers(b, v.members)
	case nil:
		return appendString(b, recString, "")
	}
	return appendString(b, recString, fmt.Sprint(v))
}

func appendMembers(b []byte, members []member) []byte {
	b = append(b, recStruct)
	for _, m := range members {
		if m.name != "" {
			b = appendString(b, recName, m.name)
		}
		b = appendRecord(b, m.value)
	}
	return append(b, recFlag|recStruct)
}

// appendInt writes an integer of 32 bits, signed or not. A larger one goes as a string of
// digits: clients read integers into 32 bits and would show another number.
func appendInt(b []byte, n int64) []byte {
	if n < math.MinInt32 || n > math.MaxUint32 {
		return appendString(b, recString, strconv.FormatInt(n, 10))
	}
	return appendNumber(b, recInt, uint32(n))
}

// appendDouble writes thousandths, or text for what kamcmd would show wrong: it takes the
// integer for one without a sign.
func appendDouble(b []byte, f float64) []byte {
	thousandths := f * 1000
	if !(thousandths >= 0 && thousandths <= math.MaxInt32) {
		return appendString(b, recString, strconv.FormatFloat(f, 'f', 6, 64))
	}
	return appendNumber(b, recDouble, uint32(thousandths))
}

func appendNumber(b []byte, kind byte, n uint32) []byte {
	size := byteLen(uint64(n))
	return appendBig(append(b, byte(size)<<4|kind), uint64(n), size)
}

func appendString(b []byte, kind byte, s string) []byte {
	b = appendLength(b, kind, len(s)+1)
	return append(append(b, s...), 0)
}

func appendLength(b []byte, kind byte, n int) []byte {
	if n < 8 {
		return append(b, byte(n)<<4|kind)
	}
	size := byteLen(uint64(n))
	return appendBig(append(b, recFlag|byte(size)<<4|kind), uint64(n), size)
}

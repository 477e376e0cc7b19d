package msrp

import (
	"strconv"
	"strings"
)

// ByteRange is the value of Byte-Range (RFC 4975 7.1.1). End and Total are Unknown where the
// frame says "*".
type ByteRange struct{ Start, End, Total int64 }

// Unknown stands for a "*".
const Unknown = -1

// wholeMessage is what a frame without Byte-Range carries.
var wholeMessage = ByteRange{Start: 1, End: Unknown, Total: Unknown}

// ParseByteRange reads "1-20/20", where the last two may be "*". A range that runs backwards or
// past its total is an error, except that an empty message ends before it starts: "1-0/0".
func ParseByteRange(s string) (ByteRange, error) {
	span, total, ok := strings.Cut(s, "/")
	start, end, ok2 := strings.Cut(span, "-")
	if !ok || !ok2 {
		return ByteRange{}, ErrBadRange
	}
	r := ByteRange{Start: position(start), End: position(end), Total: position(total)}
	known := r.End >= 0
	switch {
	case r.Start < 1, r.End < Unknown, r.Total < Unknown,
		known && r.End < r.Start-1,
		known && r.Total >= 0 && r.End > r.Total,
		r.Total >= 0 && r.Start > r.Total+1:
		return ByteRange{}, ErrBadRange
	}
	return r, nil
}

// notANumber is what position gives for what is neither a number nor "*".
const notANumber = -2

func position(s string) int64 {
	if s == "*" {
		return Unknown
	}
	if s == "" || s[0] < '0' || s[0] > '9' {
		return notANumber
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return notANumber
	}
	return n
}

// Append writes the range.
func (r ByteRange) Append(dst []byte) []byte {
	dst = strconv.AppendInt(dst, r.Start, 10)
	dst = appendPosition(append(dst, '-'), r.End)
	return appendPosition(append(dst, '/'), r.Total)
}

func appendPosition(dst []byte, n int64) []byte {
	if n < 0 {
		return append(dst, '*')
	}
	return strconv.AppendInt(dst, n, 10)
}

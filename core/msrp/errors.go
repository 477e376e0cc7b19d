package msrp

import "errors"

// Why the bytes of a connection are no frames. Each of these ends the connection: where the
// next frame begins cannot be known any more.
var (
	ErrFirstLine   = errors.New("msrp: bad first line")
	ErrHeadTooLong = errors.New("msrp: header too long")
	ErrHeader      = errors.New("msrp: bad header line")
	ErrEndLine     = errors.New("msrp: wrong end-line")
	ErrTooMuch     = errors.New("msrp: content too long for what is no SEND")
	ErrPath        = errors.New("msrp: no To-Path and From-Path at the top")
)

// Why a frame cannot be sent on.
var (
	ErrNoNextHop = errors.New("msrp: no next hop")
	ErrBadURI    = errors.New("msrp: not an MSRP URI")
	ErrBadRange  = errors.New("msrp: bad Byte-Range")
	ErrRelayed   = errors.New("msrp: a long frame can be relayed once")
	ErrTooLarge  = errors.New("msrp: path or transaction id too long")
)

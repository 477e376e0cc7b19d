package libs

import (
	"math"
	"math/bits"
	"strconv"
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// openBit makes Lua BitOp's library: its results are signed numbers of 32 bits.
func openBit(_ Host, L *glua.LState) int {
	signed := func(n uint32) glua.LValue { return glua.LNumber(int32(n)) }
	t := pushTable(L, bitFunctions(signed))
	L.SetFuncs(t, map[string]glua.LGFunction{
		"tobit":   func(L *glua.LState) int { return pushBits(L, signed, word(L, 1)) },
		"tohex":   bitHex,
		"bswap":   func(L *glua.LState) int { return pushBits(L, signed, bits.ReverseBytes32(word(L, 1))) },
		"rol":     bitShift(signed, func(x uint32, n int) uint32 { return bits.RotateLeft32(x, n&31) }),
		"ror":     bitShift(signed, func(x uint32, n int) uint32 { return bits.RotateLeft32(x, -(n & 31)) }),
		"lshift":  bitShift(signed, func(x uint32, n int) uint32 { return x << (n & 31) }),
		"rshift":  bitShift(signed, func(x uint32, n int) uint32 { return x >> (n & 31) }),
		"arshift": bitShift(signed, func(x uint32, n int) uint32 { return uint32(int32(x) >> (n & 31)) }),
	})
	return 1
}

// openBit32 makes the library of Lua 5.2: its results are unsigned.
func openBit32(_ Host, L *glua.LState) int {
	unsigned := func(n uint32) glua.LValue { return glua.LNumber(n) }
	t := pushTable(L, bitFunctions(unsigned))
	L.SetFuncs(t, map[string]glua.LGFunction{
		"btest": func(L *glua.LState) int {
			L.Push(glua.LBool(foldBits(L, math.MaxUint32, func(a, b uint32) uint32 { return a & b }) != 0))
			return 1
		},
		"lrotate": bitShift(unsigned, bits.RotateLeft32),
		"rrotate": bitShift(unsigned, func(x uint32, n int) uint32 { return bits.RotateLeft32(x, -n) }),
		"lshift":  bitShift(unsigned, shiftLeft),
		"rshift":  bitShift(unsigned, func(x uint32, n int) uint32 { return shiftLeft(x, -n) }),
		"arshift": bitShift(unsigned, shiftSigned),
		"extract": func(L *glua.LState) int {
			at, width := bitField(L, 2)
			return pushBits(L, unsigned, word(L, 1)>>at&mask(width))
		},
		"replace": func(L *glua.LState) int {
			at, width := bitField(L, 3)
			m := mask(width) << at
			return pushBits(L, unsigned, word(L, 1)&^m|word(L, 2)<<at&m)
		},
	})
	return 1
}

// bitFunctions are those that both libraries have.
func bitFunctions(result func(uint32) glua.LValue) map[string]glua.LGFunction {
	fold := func(start uint32, f func(a, b uint32) uint32) glua.LGFunction {
		return func(L *glua.LState) int { return pushBits(L, result, foldBits(L, start, f)) }
	}
	return map[string]glua.LGFunction{
		"band": fold(math.MaxUint32, func(a, b uint32) uint32 { return a & b }),
		"bor":  fold(0, func(a, b uint32) uint32 { return a | b }),
		"bxor": fold(0, func(a, b uint32) uint32 { return a ^ b }),
		"bnot": func(L *glua.LState) int { return pushBits(L, result, ^word(L, 1)) },
	}
}

func pushBits(L *glua.LState, result func(uint32) glua.LValue, n uint32) int {
	L.Push(result(n))
	return 1
}

// word is an argument modulo 2^32.
func word(L *glua.LState, i int) uint32 {
	return uint32(int64(math.Mod(math.RoundToEven(float64(L.CheckNumber(i))), 1<<32)))
}

func foldBits(L *glua.LState, n uint32, f func(a, b uint32) uint32) uint32 {
	for i := range L.GetTop() {
		n = f(n, word(L, i+1))
	}
	return n
}

func bitShift(result func(uint32) glua.LValue, f func(x uint32, n int) uint32) glua.LGFunction {
	return func(L *glua.LState) int { return pushBits(L, result, f(word(L, 1), L.CheckInt(2))) }
}

// shiftLeft shifts to the right for less than 0. Nothing is left of 32 or more.
func shiftLeft(x uint32, n int) uint32 {
	if n < 0 {
		return x >> min(uint(-n), 32)
	}
	return x << min(uint(n), 32)
}

func shiftSigned(x uint32, n int) uint32 {
	if n < 0 {
		return shiftLeft(x, -n)
	}
	return uint32(int32(x) >> min(uint(n), 31))
}

// bitField reads the first bit of a field and how many it has.
func bitField(L *glua.LState, i int) (at, width int) {
	at, width = L.CheckInt(i), L.OptInt(i+1, 1)
	if at < 0 || width < 1 || at+width > 32 {
		L.ArgError(i, "trying to access non-existent bits")
	}
	return at, width
}

func mask(width int) uint32 { return uint32(1<<width - 1) }

// bitHex is tohex(x [, n]): n digits, in upper case for less than 0.
func bitHex(L *glua.LState) int {
	n := L.OptInt(2, 8)
	digits := "00000000" + strconv.FormatUint(uint64(word(L, 1)), 16)
	if n < 0 {
		digits, n = strings.ToUpper(digits), -max(n, -8)
	}
	L.Push(glua.LString(digits[len(digits)-min(n, 8):]))
	return 1
}

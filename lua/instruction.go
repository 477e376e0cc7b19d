package lua

import glua "github.com/yuin/gopher-lua"

// instruction is one of gopher-lua's compiled code: its operation in the highest 6 bits, then either the operands A, C and B
// of 8, 9 and 9 bits, or A and one of 18.
type instruction uint32

const (
	opShift, aShift, cShift = 26, 18, 9
	maxBx                   = 1<<18 - 1
	constantBit             = 1 << 8 // in B and C: a constant, not a register
)

func (i instruction) op() int  { return int(i >> opShift) }
func (i instruction) a() int   { return int(i>>aShift) & 0xff }
func (i instruction) b() int   { return int(i & 0x1ff) }
func (i instruction) c() int   { return int(i>>cShift) & 0x1ff }
func (i instruction) bx() int  { return int(i & maxBx) }
func (i instruction) sbx() int { return i.bx() - maxBx>>1 }

// loadConstant is the instruction that puts a constant into register a.
func loadConstant(a, constant int) uint32 {
	return uint32(glua.OP_LOADK<<opShift | a<<aShift | constant)
}

const doNothing = uint32(glua.OP_NOP << opShift)

// isJump tells whether an instruction goes on at a place of its own.
func (i instruction) isJump() bool {
	op := i.op()
	return op == glua.OP_JMP || op == glua.OP_FORLOOP || op == glua.OP_FORPREP
}

// isField tells whether an instruction takes a field, written as a name, of the value that the one before it has put into a
// register, and leaves nothing of that value.
func (i instruction) isField(before instruction) bool {
	return i.op() == glua.OP_GETTABLEKS && i.b() == before.a() && i.a() == before.a()
}

func isCall(i uint32) bool {
	op := instruction(i).op()
	return op == glua.OP_CALL || op == glua.OP_TAILCALL
}

package kemi

// StrNum is a text that also counts as a number where a script asks for one: the port of a
// URI, a protocol's name. Scripts read the text; KSR.pv.geti gives the number.
func StrNum(s string, n int) Value { return Value{kind: KindStr, num: int64(n), text: s} }

// Number is what KSR.pv.geti gives: the number, the number that a text stands for, or the
// one that a text begins with, held within 32 bits as in the incumbent.
func (v Value) Number() int {
	if v.kind != KindStr || v.num != 0 {
		return int(v.num)
	}
	n, digits := 0, v.text
	negative := digits != "" && digits[0] == '-'
	if digits != "" && (negative || digits[0] == '+') {
		digits = digits[1:]
	}
	for i := 0; i < len(digits) && digits[i]-'0' < 10; i++ {
		n = min(n*10+int(digits[i]-'0'), 1<<31-1)
	}
	if negative {
		return -n
	}
	return n
}

package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxExpressionDepth bounds brackets inside brackets.
const maxExpressionDepth = 100

// expression reads and computes at once, by climbing the levels of precedence.
type expression struct {
	src     *source
	defines *defines
	depth   int
}

// evaluate computes an expression over numbers, strings and defined names. A name without
// value counts 1, one that is not defined 0. An operation with a string works on texts.
func evaluate(line string, d *defines) (exprValue, error) {
	e := &expression{src: newSource("", line), defines: d}
	v, err := e.binary(0)
	if err != nil {
		return v, err
	}
	e.src.skipSpace()
	if rest := e.src.text[e.src.off:]; !isComment(rest) {
		return v, fmt.Errorf("unexpected %q in the expression", shorten(rest))
	}
	return v, nil
}

// operators by level, the loosest first; longer ones stand before their beginnings.
var operators = [][]string{{"||"}, {"&&"}, {"==", "!="}, {"<=", ">=", "<", ">"}, {"+", "-"}, {"**", "*", "/", "%"}}

// binary reads operands with the operators of a level between them.
func (e *expression) binary(level int) (exprValue, error) {
	if level == len(operators) {
		return e.unary()
	}
	left, err := e.binary(level + 1)
	for err == nil {
		op := e.operator(level)
		if op == "" {
			return left, nil
		}
		var right exprValue
		if right, err = e.binary(level + 1); err == nil {
			left, err = apply(op, left, right)
		}
	}
	return left, err
}

// operator takes an operator of a level; it is empty if none follows.
func (e *expression) operator(level int) string {
	e.src.skipSpace()
	rest := e.src.text[e.src.off:]
	if strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, "/*") {
		return ""
	}
	for _, op := range operators[level] {
		if strings.HasPrefix(rest, op) {
			return e.src.advance(len(op))
		}
	}
	return ""
}

// unary reads an operand with its signs.
func (e *expression) unary() (exprValue, error) {
	e.src.skipSpace()
	e.depth++
	defer func() { e.depth-- }()
	if e.depth > maxExpressionDepth {
		return exprValue{}, errors.New("expression too deep")
	}
	switch c := e.src.peek(0); {
	case c == '!' && e.src.peek(1) != '=':
		e.src.advance(1)
		v, err := e.unary()
		return boolValue(!v.truth()), err
	case c == '-':
		e.src.advance(1)
		v, err := e.unary()
		return number(-v.num), err
	case c == '(':
		return e.group()
	default:
		return e.operand()
	}
}

// group reads an expression in brackets.
func (e *expression) group() (exprValue, error) {
	e.src.advance(1)
	v, err := e.binary(0)
	if err != nil {
		return v, err
	}
	e.src.skipSpace()
	if e.src.peek(0) != ')' {
		return v, errors.New("bracket not closed in the expression")
	}
	e.src.advance(1)
	return v, nil
}

// operand reads a number, a string or a name.
func (e *expression) operand() (exprValue, error) {
	c := e.src.peek(0)
	if c == '"' || c == '\'' {
		end := strings.IndexByte(e.src.text[e.src.off+1:], c)
		if end < 0 {
			return exprValue{}, errors.New("string not closed in the expression")
		}
		return textValue(e.src.advance(end + 2)[1 : end+1]), nil
	}
	word := e.src.advance(len(e.src.word()))
	if word == "" {
		return exprValue{}, errors.New("value expected in the expression")
	}
	if n, ok, err := parseNumber(word); ok {
		return e.fraction(float64(n), err)
	}
	value, ok := e.defines.get(word)
	if !ok {
		return builtinValue(word), nil
	}
	return defineValue(value), nil
}

// fraction reads what follows the point of a number.
func (e *expression) fraction(n float64, err error) (exprValue, error) {
	if err != nil || e.src.peek(0) != '.' || !isDigit(e.src.peek(1)) {
		return number(n), err
	}
	e.src.advance(1)
	f, err := strconv.ParseFloat("0."+e.src.advance(len(e.src.word())), 64)
	return number(n + f), err
}

// builtinValue is what a name means in expressions if it is not defined.
func builtinValue(name string) exprValue {
	switch name {
	case "KAMAILIO_VERSION":
		v := compatVersion
		return number(float64(v[0]*1000000 + v[1]*1000 + v[2]))
	case "OS_NAME":
		return textValue("linux")
	}
	return number(0)
}

// defineValue is a define's value as an operand.
func defineValue(value string) exprValue {
	value = strings.TrimSpace(value)
	if value == "" {
		return number(1)
	}
	if n, ok, err := parseNumber(value); ok && err == nil {
		return number(float64(n))
	}
	if c := value[0]; len(value) > 1 && (c == '"' || c == '\'') && value[len(value)-1] == c {
		return textValue(value[1 : len(value)-1])
	}
	return textValue(value)
}

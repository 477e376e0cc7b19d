package config

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// exprValue is a number or a string in an expression of #!ifexp and #!defexp.
type exprValue struct {
	isText bool
	str    string
	num    float64
}

func number(n float64) exprValue   { return exprValue{num: n} }
func textValue(s string) exprValue { return exprValue{isText: true, str: s} }

func boolValue(b bool) exprValue {
	if b {
		return number(1)
	}
	return number(0)
}

func (v exprValue) truth() bool {
	if v.isText {
		return v.str != ""
	}
	return v.num != 0
}

func (v exprValue) text() string {
	if v.isText {
		return v.str
	}
	return strconv.FormatFloat(v.num, 'f', -1, 64)
}

// apply computes one operation.
func apply(op string, a, b exprValue) (exprValue, error) {
	switch op {
	case "||":
		return boolValue(a.truth() || b.truth()), nil
	case "&&":
		return boolValue(a.truth() && b.truth()), nil
	}
	if a.isText || b.isText {
		return applyText(op, a.text(), b.text())
	}
	return applyNumber(op, a.num, b.num)
}

func applyText(op, a, b string) (exprValue, error) {
	switch op {
	case "+":
		if len(a)+len(b) > maxString {
			return exprValue{}, errors.New("string too long in the expression")
		}
		return textValue(a + b), nil
	case "==", "!=", "<", "<=", ">", ">=":
		return compare(op, strings.Compare(a, b)), nil
	}
	return exprValue{}, errors.New(op + " needs numbers")
}

func applyNumber(op string, a, b float64) (exprValue, error) {
	switch op {
	case "+":
		return number(a + b), nil
	case "-":
		return number(a - b), nil
	case "*":
		return number(a * b), nil
	case "**":
		return number(math.Pow(a, b)), nil
	case "/", "%":
		if b == 0 {
			return exprValue{}, errors.New("division by zero")
		}
		if op == "%" {
			return number(math.Mod(a, b)), nil
		}
		return number(a / b), nil
	case "==", "!=", "<", "<=", ">", ">=":
		return compare(op, order(a, b)), nil
	}
	return exprValue{}, errors.New("unknown operator " + op)
}

func order(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// compare turns the order of two values into the answer of an operator.
func compare(op string, order int) exprValue {
	switch op {
	case "==":
		return boolValue(order == 0)
	case "!=":
		return boolValue(order != 0)
	case "<":
		return boolValue(order < 0)
	case "<=":
		return boolValue(order <= 0)
	case ">":
		return boolValue(order > 0)
	default:
		return boolValue(order >= 0)
	}
}

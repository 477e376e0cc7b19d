package kemi

import (
	"errors"
	"fmt"
	"strings"
)

// tranStep is one transformation in a place of a script.
type tranStep struct {
	row     *boundTrans
	args    TranArgs
	dynamic bool // some argument is a variable
}

// run transforms a value; a null one only if the row takes it.
func (t *tranStep) run(c *Ctx, x Value) Value {
	if !t.dynamic {
		return t.row.call(c, x, &t.args)
	}
	args := t.args
	if !args.resolve(c, t.row) {
		return Null
	}
	return t.row.call(c, x, &args)
}

// scanChain takes {class.name,arg…}{…}… with blanks between and after them.
func (r *Registry) scanChain(s *scanner) (chain []tranStep, err error) {
	for s.peek() == '{' {
		if len(chain) == maxChain {
			return nil, errTran
		}
		step, err := r.scanTran(s)
		if err != nil {
			return nil, err
		}
		chain = append(chain, step)
		s.blanks()
	}
	return chain, nil
}

// scanTran takes one transformation with its braces.
func (r *Registry) scanTran(s *scanner) (t tranStep, err error) {
	s.at++
	dot := strings.IndexByte(s.text[s.at:], '.')
	if dot < 0 {
		return t, errTran
	}
	class := s.text[s.at : s.at+dot]
	s.at += dot + 1
	s.blanks()
	from := s.at
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n,}", s.text[s.at]) < 0 {
		s.at++
	}
	name := s.text[from:s.at]
	s.blanks()
	if t.row = r.pv.transformation(class, name); t.row == nil {
		return t, fmt.Errorf("{%s.%s}: %w", class, name, errTran)
	}
	if err := r.scanTranArgs(s, &t); err != nil {
		return t, err
	}
	return t, t.prepare()
}

// prepare lets the row check arguments that do not change.
func (t *tranStep) prepare() (err error) {
	if t.row.parse != nil && !t.dynamic {
		t.args.Data, err = t.row.parse(&t.args)
	}
	return err
}

// scanTranArgs takes the arguments and the closing brace.
func (r *Registry) scanTranArgs(s *scanner, t *tranStep) error {
	for i, kind := range t.row.kinds {
		if s.peek() == '}' && kind.optional {
			break
		}
		if s.peek() != ',' {
			return errTran
		}
		s.at++
		x, err := r.scanTranArg(s, kind.kind)
		if err != nil {
			return err
		}
		t.args.vals[i] = x
		t.args.n++
		t.dynamic = t.dynamic || x.v != nil
	}
	if s.peek() != '}' {
		return errTran
	}
	s.at++
	return nil
}

// scanTranArg takes one argument, with the blanks around it that its kind allows.
func (r *Registry) scanTranArg(s *scanner, kind tranKind) (x tranValue, err error) {
	if kind == tranByte {
		if s.at == len(s.text) {
			return x, errTran
		}
		x.text = s.text[s.at : s.at+1]
		s.at++
		s.blanks()
		return x, nil
	}
	s.blanks()
	if s.peek() == '$' {
		v, n, err := r.compile(s.text[s.at:])
		if err != nil {
			return x, err
		}
		s.at += n
		s.blanks()
		return tranValue{v: v}, nil
	}
	return tranScanners[kind](s)
}

var tranScanners = [...]func(*scanner) (tranValue, error){
	tranInt: scanTranInt, tranStr: scanTranStr, tranChar: scanTranChar, tranRest: scanTranRest,
}

var errTranArg = errors.New("bad argument of a transformation")

func scanTranInt(s *scanner) (x tranValue, err error) {
	sign := 1
	switch s.peek() {
	case '-':
		sign = -1
		s.at++
	case '+':
		s.at++
	}
	from := s.at
	for s.peek()-'0' < 10 {
		x.num = min(x.num*10+int(s.peek()-'0'), 1<<31-1)
		s.at++
	}
	if s.at == from {
		return x, errTranArg
	}
	x.num *= sign
	s.blanks()
	return x, nil
}

func scanTranStr(s *scanner) (x tranValue, err error) {
	from := s.at
	for s.at < len(s.text) && strings.IndexByte("\t\n,}", s.text[s.at]) < 0 {
		s.at++
	}
	x.text = s.text[from:s.at]
	s.blanks()
	return x, nil
}

func scanTranChar(s *scanner) (x tranValue, err error) {
	from := s.at
	for s.at < len(s.text) && s.text[s.at] != '}' {
		s.at++
	}
	x.text = s.text[from:min(from+1, s.at)]
	if rest := s.text[from+len(x.text) : s.at]; x.text == "{" || strings.Contains(strings.TrimSuffix(rest, ","), ",") {
		return x, errTranArg // it looks like one more argument
	}
	return x, nil
}

// scanTranRest takes all up to the brace that closes the transformation; braces may nest.
func scanTranRest(s *scanner) (x tranValue, err error) {
	from, depth := s.at, 0
	for ; s.at < len(s.text); s.at++ {
		switch s.text[s.at] {
		case '{':
			depth++
		case '}':
			if depth == 0 {
				x.text = s.text[from:s.at]
				return x, nil
			}
			depth--
		}
	}
	return x, errTranArg
}

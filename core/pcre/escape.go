package pcre

import (
	"regexp"
	"strconv"
	"strings"
)

var validName = regexp.MustCompile(`^[A-Za-z_]\w*$`)

// sameEscapes mean the same to the engine, as no text has characters beyond ASCII and the private ones.
const sameEscapes = "dDwWsSbBAGZz"

// byteEscapes are letters that stand for one byte.
var byteEscapes = map[byte]byte{'a': 7, 'e': 27, 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// otherEscapes are those that the engine lacks. \K moves the start of the match, which nobody asks for.
var otherEscapes = map[byte]string{'K': "(?:)", 'N': `[^\n]`, 'R': `(?>\r\n|[` + ranges("\n\r\x85\x85", false) + `])`}

// escape reads a backslash and what follows.
func (t *translator) escape() error {
	switch {
	case t.take(`\Q`):
		return t.quoted()
	case t.take(`\E`):
		return nil
	}
	t.at++
	if !t.more() {
		return fail(`\ at end of pattern`)
	}
	letter := t.peek()
	if strings.IndexByte(sameEscapes, letter) >= 0 {
		t.at++
		return t.emit(`\` + string(rune(letter)))
	}
	if text, ok := otherEscapes[letter]; ok {
		t.at++
		return t.emit(text)
	}
	if letter == 'g' || letter == 'k' {
		t.at++
		return t.groupReference(letter)
	}
	if n, ok := t.backNumber(); ok {
		return t.reference(n)
	}
	text, b, single, err := t.setOrByte()
	switch {
	case err != nil:
		return err
	case single:
		return t.emit(literal(b))
	}
	return t.emit("[" + text + "]")
}

// quoted reads what stands before \E.
func (t *translator) quoted() error {
	text, _ := t.until(`\E`)
	for i := range len(text) {
		_ = t.emit(literal(text[i]))
	}
	return nil
}

// backNumber reads the number of a back reference. One above 9 that is no group yet is an octal code.
func (t *translator) backNumber() (int, bool) {
	rest := t.in[t.at:]
	number := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
	n, err := strconv.Atoi(number)
	if err != nil || number[0] == '0' || n > 9 && n > t.groups {
		return 0, false
	}
	t.at += len(number)
	return n, true
}

// groupReference reads what is behind \g and \k: 1, {1}, {-1}, {name}, <name>, 'name'.
func (t *translator) groupReference(letter byte) error {
	if n, ok := t.backNumber(); ok && letter == 'g' {
		return t.reference(n)
	}
	kind := strings.IndexByte("{<'", t.peek())
	if !t.more() || kind < 0 || letter == 'g' && kind > 0 {
		return fail(`\` + string(rune(letter)) + " is not followed by the name of a group")
	}
	t.at++
	end := "}>'"[kind : kind+1]
	name, _, _ := strings.Cut(t.in[t.at:], end)
	n, err := strconv.Atoi(name)
	if err != nil || letter == 'k' {
		return t.nameReference(end)
	}
	t.until(end)
	if n < 0 {
		n += t.groups + 1
	}
	return t.reference(n)
}

// byteEscape reads the escape of one byte; the place is behind the backslash.
func (t *translator) byteEscape() (byte, error) {
	letter := t.peek()
	if letter-'0' < 8 {
		return t.digits(8, 3), nil
	}
	t.at++
	switch {
	case byteEscapes[letter] != 0:
		return byteEscapes[letter], nil
	case letter == 'x' && t.peek() != '{':
		return t.digits(16, 2), nil
	case letter == 'x':
		return t.braced(16)
	case letter == 'o':
		return t.braced(8)
	case letter == 'c' && t.more():
		t.at++
		return strings.ToUpper(t.in[t.at-1 : t.at])[0] ^ 64, nil
	case (letter|0x20)-'a' < 26:
		return 0, fail(`\` + string(rune(letter)) + " is not supported")
	}
	return letter, nil
}

// digits reads up to so many digits; of a number above 255 the low byte counts.
func (t *translator) digits(base, most int) byte {
	n := 0
	for range most {
		d, err := strconv.ParseUint(t.in[t.at:min(t.at+1, len(t.in))], base, 8)
		if err != nil {
			break
		}
		n = n*base + int(d)
		t.at++
	}
	return byte(n)
}

func (t *translator) braced(base int) (byte, error) {
	text, _ := t.until("}")
	n, err := strconv.ParseUint(strings.TrimPrefix(text, "{"), base, 8)
	if err != nil {
		return 0, fail("not the code of a byte: " + text)
	}
	return byte(n), nil
}

package sqlops

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/moonroute/moonroute/core/db"
)

// verb is the first word of a statement in capitals.
func verb(text string) string {
	text = strings.TrimLeft(text, " \t\r\n(")
	end := strings.IndexFunc(text, func(r rune) bool { return (r|0x20) < 'a' || (r|0x20) > 'z' })
	if end < 0 {
		end = len(text)
	}
	return strings.ToUpper(text[:end])
}

// readVerbs begin statements that answer with rows.
var readVerbs = map[string]bool{
	"SELECT": true, "WITH": true, "SHOW": true, "EXPLAIN": true, "DESCRIBE": true, "DESC": true, "VALUES": true,
	"TABLE": true, "PRAGMA": true, "CALL": true, "CHECK": true, "ANALYZE": true,
}

// sessionVerbs begin statements that would change the connection, which others use too.
var sessionVerbs = map[string]bool{
	"BEGIN": true, "START": true, "COMMIT": true, "END": true, "ROLLBACK": true, "SAVEPOINT": true, "RELEASE": true,
	"LOCK": true, "UNLOCK": true, "USE": true, "SET": true, "ATTACH": true, "DETACH": true, "XA": true,
}

// first is the first statement of a text: what follows a semicolon is not done, as in the
// incumbent. A text cannot bring a second statement in. In quotes of MySQL a backslash takes
// the meaning of the sign after it.
func first(text string, backslashes bool) string {
	var quote byte
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case quote != 0 && b == '\\' && backslashes && quote != '`':
			i++
		case quote != 0:
			if b == quote {
				quote = 0
			}
		case b == '\'' || b == '"' || b == '`':
			quote = b
		case b == ';':
			return text[:i]
		}
	}
	return text
}

var (
	errEmpty       = errors.New("the query is empty")
	errSession     = errors.New("queries do not share a connection, so that this has no meaning")
	errUnreachable = errors.New("the connection could not be made at the start")
)

// run does a statement. It blocks.
func (c *connection) run(text string) (*result, error) {
	text, word, err := c.check(text)
	if err != nil {
		return nil, err
	}
	if !readVerbs[word] {
		n, err := c.d.WriteCount(db.Exec(text))
		return &result{touched: n}, err
	}
	found, err := c.d.Read(context.Background(), text)
	if err != nil {
		return nil, err
	}
	return newResult(found), nil
}

// later leaves a statement to be done.
func (c *connection) later(text string) error {
	text, _, err := c.check(text)
	if err != nil {
		return err
	}
	return c.d.Later(db.Exec(text))
}

// check takes the first statement of a text and its verb.
func (c *connection) check(text string) (statement, word string, err error) {
	statement = first(text, c.mysql)
	word = verb(statement)
	switch {
	case c.d == nil:
		return "", "", errUnreachable
	case strings.TrimSpace(statement) == "":
		return "", "", errEmpty
	case sessionVerbs[word]:
		return "", "", fmt.Errorf("%s: %w", word, errSession)
	}
	return statement, word, nil
}

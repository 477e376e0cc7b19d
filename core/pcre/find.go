package pcre

// Span is where a group stands in a text, as byte offsets; From is -1 for one that took no part in the match.
type Span struct{ From, To int }

// Text is a text to be searched, converted once for many searches.
type Text struct{ runes []rune }

// NewText prepares a text.
func NewText(text string) Text {
	runes := make([]rune, len(text))
	for i := range runes {
		runes[i] = toRune(text[i])
	}
	return Text{runes}
}

// Find searches for the pattern from an offset on. It gives the whole match and each group behind it, or nil if there is no
// match. The error is ErrTooMuchWork.
func (re *Regexp) Find(t Text, from int) ([]Span, error) {
	if from > len(t.runes) {
		return nil, nil
	}
	m, err := re.re.FindRunesMatchStartingAt(t.runes, from)
	if err != nil {
		return nil, ErrTooMuchWork // the engine has no other error here
	}
	if m == nil {
		return nil, nil
	}
	groups := m.Groups()
	spans := make([]Span, len(groups))
	for i, g := range groups {
		spans[i] = Span{-1, -1}
		if len(g.Captures) > 0 {
			spans[i] = Span{g.Index, g.Index + g.Length}
		}
	}
	return spans, nil
}

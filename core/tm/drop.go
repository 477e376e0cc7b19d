package tm

// dropMode says which replies lose their vote (failure_reply_mode, t_drop_replies).
type dropMode int

// The modes.
const (
	dropNone dropMode = iota
	dropAll
	dropLast   // those of the last round of serial forking
	dropIfMore // all, if the failure route opened new branches
)

// dropAfterFailure applies failure_reply_mode, or what t_drop_replies chose, to the branches before an index.
func (t *Transaction) dropAfterFailure(before int) {
	mode := dropMode(t.table.env.Params.Get().FailureReplyMode)
	if t.dropChosen {
		mode, t.dropChosen = t.drop, false
	}
	from, more := 0, len(t.branches) > before
	switch mode {
	case dropNone:
		from = before
	case dropLast:
		from = t.roundStart
	case dropIfMore:
		if !more {
			from = before
		}
	}
	for _, b := range t.branches[from:before] {
		b.state |= branchDropped
		b.reply = nil
	}
	if more {
		t.roundStart = before
	}
}

// DropReplies chooses which earlier replies lose their vote after the failure route:
// "n" none, "l" those of the last round, anything else all (t_drop_replies).
func (t *Transaction) DropReplies(mode string) {
	t.dropChosen = true
	switch mode {
	case "n":
		t.drop = dropNone
	case "l":
		t.drop = dropLast
	default:
		t.drop = dropAll
	}
}

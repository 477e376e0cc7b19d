package tm

// classPriority ranks reply classes for the choice of the best reply (RFC 3261 16.7 step 6):
// the lowest number wins. The index is the class.
var classPriority = [...]int{0: 32000, 1: 11000, 2: 0, 3: 3000, 4: 4000, 5: 5000, 6: 1000}

// priority ranks one reply. Among 4xx those go first that let the client repair its request.
func (b *Branch) priority(v *Values) int {
	class, rest := b.status/100, b.status%100
	p := classPriority[min(max(class, 0), 6)] + rest
	if class == 4 {
		switch b.status {
		case 401, 407, 415, 420, 484:
		default:
			p += 100
		}
	}
	if b.reply == nil {
		p += v.FakedReplyPrio
	}
	return p
}

// best is the branch whose final reply goes upstream; nil if none has one that counts. waiting
// tells that some branch is still without a final reply.
func (t *Transaction) best() (best *Branch, waiting bool) {
	v := t.table.env.Params.Get()
	for _, b := range t.branches {
		switch {
		case b.is(branchUnsent | branchDropped):
		case b.pending():
			return nil, true
		case best == nil || b.priority(v) < best.priority(v):
			best = b
		}
	}
	return best, false
}

package route

import "slices"

// Edit is one change against the received bytes.
type Edit struct {
	At   int    // place in the received bytes
	Del  int    // how many bytes are taken out from At on
	Text string // what is put in at At
	// Render makes the text when the way out is known (a Record-Route names the socket
	// that sends); nil: Text.
	Render func(*Outgoing) string
	// Header is the type of header that Text adds; scripts can remove such additions again.
	Header uint8
	// KeepsLength: a change of the body that Content-Length does not follow.
	KeepsLength bool
	// Owner tells who made the edit, for those who take theirs back to make them anew; nil: nobody asks.
	Owner any
}

// Edits are the changes to a message, sorted by place and, at one place, by time.
type Edits struct {
	list   []Edit
	shared bool // another one may have the same list: the first change makes a copy
}

// Reset forgets all edits.
func (e *Edits) Reset() {
	if e.shared {
		*e = Edits{}
	}
	clear(e.list)
	e.list = e.list[:0]
}

// Empty tells whether nothing is changed.
func (e *Edits) Empty() bool { return len(e.list) == 0 }

// List is the edits in the order in which they are applied. The caller must not keep or change it.
func (e *Edits) List() []Edit { return e.list }

// Insert puts text in at a place, after what was put in there before.
func (e *Edits) Insert(at int, text string) { e.Add(Edit{At: at, Text: text}) }

// Delete takes n bytes out.
func (e *Edits) Delete(at, n int) { e.Add(Edit{At: at, Del: n}) }

// Replace takes n bytes out and puts text in their place.
func (e *Edits) Replace(at, n int, text string) { e.Add(Edit{At: at, Del: n, Text: text}) }

// Add records one edit.
func (e *Edits) Add(edit Edit) {
	i := len(e.list)
	for i > 0 && e.list[i-1].At > edit.At {
		i--
	}
	e.own()
	e.list = slices.Insert(e.list, i, edit)
}

// RemoveIf forgets the edits for which f is true and tells how many those were.
func (e *Edits) RemoveIf(f func(*Edit) bool) int {
	before := len(e.list)
	e.own()
	e.list = slices.DeleteFunc(e.list, func(x Edit) bool { return f(&x) })
	return before - len(e.list)
}

// Clone is a copy that can grow on its own: a branch route edits its branch only.
func (e *Edits) Clone() Edits { return Edits{list: slices.Clone(e.list)} }

// Branched are the edits for a branch route, which changes them for its branch only. The original must not change
// while they are in use: most branch routes change nothing, and a copy is made only for one that does.
func (e *Edits) Branched() Edits { return Edits{list: e.list, shared: true} }

// Shared are the edits as they are now, whatever becomes of the original, of which only a change makes a copy.
func (e *Edits) Shared() Edits {
	e.shared = true
	return *e
}

// own makes the list one that may be changed.
func (e *Edits) own() {
	if e.shared {
		*e = e.Clone()
	}
}

// writer copies the received bytes with the edits applied, in one pass from left to right.
// Between its steps the builders put in what only they know (our own Via, say).
type writer struct {
	dst   []byte
	raw   string
	edits []Edit
	next  int // the first edit that has not been applied
	pos   int // the received bytes before it are written or taken out
	out   *Outgoing
}

// to writes up to a place, with the edits that begin there or before. A deletion that
// reaches into an earlier one takes out only what is still there.
func (w *writer) to(at int) {
	for w.next < len(w.edits) && w.edits[w.next].At <= at {
		x := &w.edits[w.next]
		w.next++
		w.copy(x.At)
		if x.Render != nil {
			w.dst = append(w.dst, x.Render(w.out)...)
		} else {
			w.dst = append(w.dst, x.Text...)
		}
		w.skip(x.At + x.Del)
	}
	w.copy(at)
}

// copy writes received bytes up to a place.
func (w *writer) copy(at int) {
	if at > w.pos {
		w.dst = append(w.dst, w.raw[w.pos:at]...)
		w.pos = at
	}
}

// skip takes out received bytes up to a place.
func (w *writer) skip(at int) { w.pos = max(w.pos, min(at, len(w.raw))) }

// Apply appends raw[from:to] with the edits that lie there, those at to included.
func (e *Edits) Apply(dst []byte, raw string, from, to int, out *Outgoing) []byte {
	w := writer{dst: dst, raw: raw, edits: e.list, pos: from, out: out}
	for w.next < len(w.edits) && w.edits[w.next].At < from {
		w.next++
	}
	w.to(to)
	return w.dst
}

// bodyLength is the length of raw[from:] once the edits are applied.
func (e *Edits) bodyLength(raw string, from int) int {
	n, pos := len(raw)-from, from
	for i := range e.list {
		x := &e.list[i]
		if x.At < from || x.KeepsLength {
			continue
		}
		n += len(x.Text)
		if end := min(x.At+x.Del, len(raw)); end > max(pos, x.At) {
			n -= end - max(pos, x.At)
			pos = end
		}
	}
	return n
}

// lengthens tells whether Content-Length has to follow an edit at or behind a place.
func (e *Edits) lengthens(from int) bool {
	for i := len(e.list) - 1; i >= 0 && e.list[i].At >= from; i-- {
		if !e.list[i].KeepsLength {
			return true
		}
	}
	return false
}

package tm

// maxFinished is how many requests of our own stay, in one shard, after their answer. More than that come of bursts: a silo
// that is emptied, say. Without its transaction a repeated answer is a stray reply, which goes no further either.
const maxFinished = 4096

// finished are requests of our own that have been answered, in the order of their ends; some may be gone.
type finished struct{ list []*Transaction }

// add takes one in, and removes the oldest where there are too many.
func (f *finished) add(tb *Table, t *Transaction) {
	f.list = append(f.list, t)
	if len(f.list) > maxFinished {
		tb.remove(f.list[0])
	}
	f.forget()
}

// forget drops those at the front that are gone.
func (f *finished) forget() {
	n := 0
	for n < len(f.list) && f.list[n].has(isDead) {
		f.list[n] = nil
		n++
	}
	f.list = f.list[n:]
}

package tm

// replicaEnds takes the final reply, or the silence, of a copy that t_replicate sent: nobody
// is told. The transaction goes once nothing is left to wait for.
func (t *Transaction) replicaEnds(b *Branch, code int) {
	b.status = code
	b.release()
	if t.nothingPending() && !t.server.retrans {
		t.wait()
	}
}

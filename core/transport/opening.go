package transport

// Opening is the connection that a message waits for. The zero value waits for none. Its
// user gives it in SendOptions and reads it once SendWith has returned.
type Opening struct{ c *conn }

// Done is closed once the connection is open or has failed; nil if there is nothing to wait for.
func (o *Opening) Done() <-chan struct{} {
	if o.c == nil {
		return nil
	}
	return o.c.dialed
}

// Pending tells whether the connection is neither open nor has it failed.
func (o *Opening) Pending() bool {
	if o.c == nil {
		return false
	}
	select {
	case <-o.c.dialed:
		return false
	default:
		return true
	}
}

// Err is why the connection could not be opened; nil if it was, or is not known yet. What
// SendOptions.Failed is told comes all the same.
func (o *Opening) Err() error {
	if o.c == nil || o.Pending() {
		return nil
	}
	return o.c.dialErr
}

// noteOpening lets the sender of a message wait for a connection that is dialed.
func (c *conn) noteOpening(o SendOptions) {
	switch {
	case o.Opening == nil:
	case c.dialed == nil:
		o.Opening.c = nil
	default:
		o.Opening.c = c
	}
}

// dialEnded tells those who wait for the connection.
func (c *conn) dialEnded(err error) {
	c.dialErr = err
	close(c.dialed)
}

// refused tells whether the connection could not be opened.
func (c *conn) refused() bool {
	o := Opening{c}
	return c.dialed != nil && o.Err() != nil
}

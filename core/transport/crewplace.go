package transport

import (
	"io"
	"time"
)

// readAgain is how soon a connection that is read at the moment is looked at again for having been silent too long.
const readAgain = time.Second

// place is where a connection stands in its crew; under the crew's lock.
type place struct {
	standing standing
	hungUp   bool // the peer sends no more: what is there is read until its end

	// Of who reads it.
	leads bool // is it the leader
	reads int  // in this turn
}

type standing uint8

const (
	apart   standing = iota // the crew has nothing to do with it
	resting                 // it is not known to have anything to read
	busy                    // somebody reads it, or will in this round
	stirred                 // and more has come meanwhile
)

// stir notes that something has come. It is true if somebody has to read the connection now.
func (p *place) stir(hungUp bool) bool {
	p.hungUp = p.hungUp || hungUp
	switch p.standing {
	case resting:
		p.standing = busy
		return true
	case busy:
		p.standing = stirred
	}
	return false
}

// join has the crew read a connection from now on. It is false if that cannot be.
func (k *crew) join(c *conn) bool {
	layers := c.in != io.Reader(c.raw) // which may have read more than they took
	c.crew, c.raw.crewed = k, true
	c.out.setAlarm(time.AfterFunc(c.lifetime(), func() { k.alarm(c) }))
	k.stand(c, resting)
	if err := k.poller.add(c.raw.rc, c.id); err != nil {
		k.part(c)
		return false
	}
	if layers {
		k.visit(c)
	}
	return true
}

// leave gives a connection to a goroutine of its own, which may wait for its peer.
func (k *crew) leave(c *conn) {
	_ = k.poller.remove(c.raw.rc) // one that is closed is removed already
	k.part(c)
	c.Relieve()
}

func (k *crew) part(c *conn) {
	k.stand(c, apart)
	c.out.setAlarm(nil)
	c.crew, c.expects = nil, 0
	c.raw.crewed = false
	c.raw.look(false)
}

func (k *crew) stand(c *conn, s standing) {
	k.mu.Lock()
	c.place.standing = s
	k.mu.Unlock()
}

// replace puts another goroutine in the place of the one that reads a connection; it goes on with that one.
func (k *crew) replace(c *conn) {
	k.set.running.Add(1)
	go k.work(c, c.place.leads)
}

// rest lets go of a connection of which all that has come is read. It is false if more came meanwhile.
func (k *crew) rest(c *conn) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if c.place.standing == busy {
		c.place.standing = resting
		return true
	}
	c.place.standing = busy
	c.raw.look(c.place.hungUp)
	return false
}

// beginTurn is that somebody reads the connection now: what has come so far is no news any more. Under the crew's lock.
func (c *conn) beginTurn() {
	c.place.standing, c.place.reads = busy, 0
	c.raw.look(c.place.hungUp)
}

// turnEnds tells whether others come first now; the connection goes on in the next round.
func (k *crew) turnEnds(c *conn) bool {
	if c.place.reads++; c.place.reads <= readsATurn {
		return false
	}
	k.mu.Lock()
	k.later = append(k.later, c)
	k.mu.Unlock()
	return true
}

// visit has a helper read a connection that rests. It is false if somebody reads it anyway.
func (k *crew) visit(c *conn) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if c.place.standing != resting {
		return false
	}
	c.beginTurn()
	k.hire(c)
	return true
}

// alarm looks after a connection that may have been silent for too long: who reads it finds nothing, and then how late it is.
func (k *crew) alarm(c *conn) {
	if !k.visit(c) {
		_ = c.out.expectBy(time.Now().Add(readAgain)) // it is closed if that fails
	}
}

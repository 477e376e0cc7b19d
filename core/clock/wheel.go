package clock

import (
	"math/bits"
	"time"
)

// Tick is the wheel's resolution: a timer fires up to one tick late, never early.
const Tick = 5 * time.Millisecond

const (
	slotBits = 6
	slots    = 1 << slotBits
	levels   = 5 // 64^5 ticks: about 62 days
)

// Timer is one entry of a Wheel. It is embedded in what it times, so that arming it
// allocates nothing. The zero value is ready once Fire or Owner is set.
type Timer struct {
	// Fire runs in the wheel's owner when the timer is due. It may arm or stop any timer of the wheel.
	Fire func()
	// Owner, if set, is told in the place of Fire: a pointer costs no function value.
	Owner Firer

	due        int64 // in ticks
	prev, next *Timer
	list       *Timer // the slot's sentinel; nil when the timer is not armed
	level      uint8
	slot       uint8
}

// Firer is told that its timer is due.
type Firer interface{ Fire() }

// Armed tells whether the timer is waiting to fire.
func (t *Timer) Armed() bool { return t.list != nil }

// Wheel is a hierarchical timing wheel. It has no lock and no goroutine: its owner
// arms, stops and advances it (one shard, one wheel).
type Wheel struct {
	now      int64 // the last tick that was processed
	start    time.Time
	count    int
	heads    [levels][slots]Timer
	occupied [levels]uint64 // a bit for each slot that has timers
}

// NewWheel makes an empty wheel that starts at the given instant.
func NewWheel(start time.Time) *Wheel {
	w := &Wheel{start: start}
	for l := range w.heads {
		for s := range w.heads[l] {
			h := &w.heads[l][s]
			h.prev, h.next = h, h
		}
	}
	return w
}

// Len is the number of armed timers.
func (w *Wheel) Len() int { return w.count }

// Arm (re)starts a timer that fires d after the instant now.
func (w *Wheel) Arm(t *Timer, now time.Time, d time.Duration) {
	w.Stop(t)
	due := now.Sub(w.start) + d
	t.due = int64((due + Tick - 1) / Tick)
	if t.due <= w.now {
		t.due = w.now + 1
	}
	w.count++
	w.place(t)
}

// Stop disarms a timer; one that is not armed is left as it is.
func (w *Wheel) Stop(t *Timer) {
	if t.list == nil {
		return
	}
	w.count--
	w.unlink(t)
}

func (w *Wheel) unlink(t *Timer) {
	t.prev.next, t.next.prev = t.next, t.prev
	if t.list.next == t.list {
		w.occupied[t.level] &^= 1 << t.slot
	}
	t.prev, t.next, t.list = nil, nil, nil
}

// place puts a timer on the lowest level whose span reaches its due tick.
func (w *Wheel) place(t *Timer) {
	delta := t.due - w.now
	level := 0
	for level < levels-1 && delta >= 1<<(slotBits*(level+1)) {
		level++
	}
	slot := (t.due >> (slotBits * level)) & (slots - 1)
	head := &w.heads[level][slot]
	t.level, t.slot, t.list = uint8(level), uint8(slot), head
	t.prev, t.next = head.prev, head
	head.prev.next, head.prev = t, t
	w.occupied[level] |= 1 << slot
}

// Advance moves the wheel to the instant now and fires what is due, in order.
func (w *Wheel) Advance(now time.Time) {
	target := int64(now.Sub(w.start) / Tick)
	w.fire() // what an Advance has left that waits in a timer's Fire
	for w.now < target {
		if w.count == 0 {
			w.now = target
			return
		}
		w.step(target)
	}
}

// step goes to the next tick that can have work, at most to target.
func (w *Wheel) step(target int64) {
	next := w.nextTick()
	if next > target {
		w.now = target
		return
	}
	w.now = next
	for level := levels - 1; level > 0; level-- {
		if w.now&(1<<(slotBits*level)-1) == 0 {
			w.cascade(level, int(w.now>>(slotBits*level))&(slots-1))
		}
	}
	w.fire()
}

// nextTick is the next tick at which a slot of level 0 fires or a higher level cascades.
func (w *Wheel) nextTick() int64 {
	best := int64(1<<62 - 1)
	for level := 0; level < levels; level++ {
		if w.occupied[level] == 0 {
			continue
		}
		shift := slotBits * level
		cur := w.now >> shift
		// The slots after the current one, in the order in which they come.
		rot := bits.RotateLeft64(w.occupied[level], -int((cur+1)&(slots-1)))
		ahead := int64(bits.TrailingZeros64(rot)) + 1
		if at := (cur + ahead) << shift; at < best {
			best = at
		}
	}
	return best
}

// cascade moves the timers of a higher level's slot down.
func (w *Wheel) cascade(level, slot int) {
	head := &w.heads[level][slot]
	for head.next != head {
		t := head.next
		w.unlink(t)
		w.place(t)
	}
}

// fire runs the timers of the present tick. One that waits inside Fire may find the wheel moved
// on when it comes back; whoever moved it has fired the rest.
func (w *Wheel) fire() {
	tick := w.now
	head := &w.heads[0][tick&(slots-1)]
	for w.now == tick && head.next != head {
		t := head.next
		w.count--
		w.unlink(t)
		if t.Owner != nil {
			t.Owner.Fire()
		} else {
			t.Fire()
		}
	}
}

// Next is the instant of the next tick that can have work; ok is false for an empty wheel.
func (w *Wheel) Next() (at time.Time, ok bool) {
	if w.count == 0 {
		return time.Time{}, false
	}
	return w.start.Add(time.Duration(w.nextTick()) * Tick), true
}

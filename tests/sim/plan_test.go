package sim

import (
	"fmt"
	"strconv"
	"time"

	"github.com/moonroute/moonroute/core/route"
)

// plan is what a call will meet. It is drawn before the call begins, so that the checks know it.
type plan struct {
	method      string
	handling    handling
	targets     []target
	groups      []int         // how many targets each round of forking has
	cancelAfter time.Duration // after which the caller cancels; 0: never
	hold        time.Duration // from the answer to the BYE
}

// handling is what the script does with a call.
type handling uint8

const (
	relays    handling = iota
	refuses            // answers by itself, with a transaction
	stateless          // answers by itself, without one
)

// target is what one callee does.
type target struct {
	rings       bool
	ringAfter   time.Duration
	code        int // 0: it never answers
	answerAfter time.Duration
}

// codes are the answers of callees. Some stand here more than once: they come more often.
var codes = []int{200, 200, 200, 200, 200, 404, 480, 486, 486, 503, 603, 0}

func (w *world) plan() plan {
	p := plan{method: "INVITE", hold: w.between(0, 10*time.Second)}
	if w.rng.IntN(8) == 0 {
		p.method = "MESSAGE"
	}
	switch w.rng.IntN(30) {
	case 0:
		p.handling = refuses
	case 1:
		p.handling = stateless
	}
	if w.rng.IntN(5) == 0 {
		p.cancelAfter = w.between(1, 12*time.Second)
	}
	for range 1 + w.few() {
		n := 1 + w.few()
		p.groups = append(p.groups, n)
		for range n {
			p.targets = append(p.targets, w.target())
		}
	}
	return p
}

// few is 0, at times 1, seldom 2.
func (w *world) few() int { return max(0, w.rng.IntN(10)-7) }

func (w *world) target() target {
	x := target{rings: w.rng.IntN(5) > 0, ringAfter: w.between(0, 500*time.Millisecond), code: codes[w.rng.IntN(len(codes))]}
	x.answerAfter = w.between(0, 10*time.Second)
	return x
}

// uri is where a target of a call is reached.
func uri(n int) string { return "sip:t" + strconv.Itoa(n) + "@10.2.0." + strconv.Itoa(1+n%callees) }

const callees = 4

// round gives the targets of a call's next round of forking.
func (x *call) round() []route.Target {
	from := x.tried
	x.tried += x.groups[x.rounds]
	x.rounds++
	var list []route.Target
	for n := from; n < x.tried; n++ {
		list = append(list, route.Target{URI: uri(n), Q: route.QUnset})
	}
	return list
}

// String describes the call for a failed check.
func (p plan) String() string {
	s := fmt.Sprintf("%s handling=%d groups=%v cancel=%v", p.method, p.handling, p.groups, p.cancelAfter)
	for i, x := range p.targets {
		s += fmt.Sprintf(" t%d{%d after %v, rings=%v after %v}", i, x.code, x.answerAfter, x.rings, x.ringAfter)
	}
	return s
}

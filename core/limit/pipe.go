package limit

// Algorithm is how a pipe decides. The numbers are those that operators see.
type Algorithm uint8

// The algorithms.
const (
	NOP      Algorithm = iota // counts only
	RED                       // spreads what the last interval had too many over the present one
	TailDrop                  // lets the first ones of an interval through
	Feedback                  // drops a share that a controller finds from the processor load
	Network                   // drops all while the sockets hold more than a number of bytes
	algorithms
)

var names = [algorithms]string{"NOP", "RED", "TAILDROP", "FEEDBACK", "NETWORK"}

// String is the name in configurations.
func (a Algorithm) String() string { return names[a] }

// ParseAlgorithm finds an algorithm by its name, in capitals.
func ParseAlgorithm(name string) (Algorithm, bool) {
	for i, n := range names {
		if n == name {
			return Algorithm(i), true
		}
	}
	return NOP, false
}

// Pipe is one limited stream. It has no lock: who owns it guards it.
type Pipe struct {
	Algorithm Algorithm
	Limit     int // messages, or percent of load (Feedback), or bytes (Network)
	Counter   int // messages of this interval
	Last      int // messages of the interval before
	Drop      int // RED and TailDrop: how many times the limit came; Feedback: percent to drop; Network: 1 over the limit, -1 not, 0 unknown

	control control
}

// The verdicts of Push.
const (
	Pass    = 1
	TooMany = -1
	NoLimit = 2 // the pipe only counts
)

// Push counts a message and tells what to do with it. Scale is how many times Limit fits
// into an interval. The result for Network is 0 before the first measurement, as in the incumbent.
func (p *Pipe) Push(scale int) int {
	p.Counter++
	return verdicts[p.Algorithm](p, scale)
}

var verdicts = [algorithms]func(p *Pipe, scale int) int{
	NOP:      func(*Pipe, int) int { return NoLimit },
	RED:      func(p *Pipe, _ int) int { return pass(p.Drop <= 1 || p.Counter%p.Drop == 0) },
	TailDrop: func(p *Pipe, scale int) int { return pass(p.Counter <= p.Limit*scale) },
	Feedback: func(p *Pipe, _ int) int { return pass(spread(p.Counter) >= p.Drop) },
	Network:  func(p *Pipe, _ int) int { return -p.Drop },
}

func pass(ok bool) int {
	if ok {
		return Pass
	}
	return TooMany
}

// spread walks through 0 to 99 in large steps, so that a percentage falls evenly.
func spread(n int) int { return n % 100 * 37 % 100 }

// Load is what was measured at the end of an interval.
type Load struct {
	CPU     float64 // busy part of the processors, 0 to 1
	Waiting int     // bytes that wait in the sockets
}

// Next begins a new interval.
func (p *Pipe) Next(scale int, l Load, c Controller) {
	switch p.Algorithm {
	case RED, TailDrop:
		p.Drop = 0
		if allowed := p.Limit * scale; allowed > 0 {
			p.Drop = p.Counter / allowed
		}
	case Feedback:
		p.Drop = p.control.next(float64(p.Limit)/100-l.CPU, c)
	case Network:
		p.Drop = -1
		if l.Waiting > p.Limit {
			p.Drop = 1
		}
	}
	p.Last, p.Counter = p.Counter, 0
}

// Set changes the algorithm and the limit; the counts stay.
func (p *Pipe) Set(a Algorithm, limit int) {
	if a != p.Algorithm {
		p.Drop, p.control = 0, control{}
	}
	p.Algorithm, p.Limit = a, limit
}

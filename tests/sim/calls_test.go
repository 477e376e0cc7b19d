package sim

import (
	"flag"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/moonroute/moonroute/core/sip"
	"github.com/moonroute/moonroute/core/tm"
	"github.com/moonroute/moonroute/core/transport/fakenet"
)

// The figures of a run can be given by hand to repeat one: go test ./tests/sim -run TestCalls -seed 7 -calls 500.
var (
	oneSeed   = flag.Uint64("seed", 0, "play this seed only")
	callCount = flag.Int("calls", 0, "calls for each seed")
)

// call is one call with all that its two sides know of it.
type call struct {
	c  *calls
	id string
	plan
	callerSide
	callees []*calleeSide // by the number of the target
	tried   int           // targets that the script has used
	rounds  int
	border  borderSide
	anew    bool // a repetition came after the transaction's end
}

// calls is a world full of calls.
type calls struct {
	*world
	seed    uint64
	count   int
	byID    map[string]*call
	order   []*call
	callers *peer
	parsed  sip.Message // what has just come to a peer
	passing sip.Message // what passes the border
	figures figures
	faults  int
	// strict: the transactions live as long as RFC 3261 and RFC 6026 say. If they end earlier, what
	// comes late is passed on without state, so that a callee that lost may go without its ACK.
	strict bool
}

// figures say what happened in a run.
type figures struct {
	outcomes map[int]int
	canceled int // calls that ended in a negative reply after their CANCEL
	races    int // calls that were answered in spite of it
	forks    int // calls with more than one 2xx
	silent   int // callers that got no reply at all
	noAcks   int // 2xx that got no ACK: lost again and again
	anew     int // with a short wt_timer: see beginsAnew
	ringing  int // with a short wt_timer: callees whose 180 came after the transaction's end
}

// bad is the network that the calls must survive.
var bad = fakenet.Link{Loss: 0.1, Duplicate: 0.1, Delay: time.Millisecond, Jitter: 300 * time.Millisecond}

// callRate is how many calls begin in a second of the world's time.
const callRate = 100

// play runs a number of calls to their end and checks each.
func play(t testing.TB, s settings, count int) *calls {
	c := &calls{seed: s.seed, count: count, byID: map[string]*call{}, strict: s.values.WtTimer >= int(giveUp/time.Millisecond)}
	c.world = newWorld(t, script{c}, s)
	c.watch = c
	c.callers = c.attach(callersAt, c.atCaller)
	for i := range callees {
		var p *peer
		ip := calleesAt.Addr().As4()
		ip[3] += byte(i)
		p = c.attach(netip.AddrPortFrom(netip.AddrFrom4(ip), 5060), func(data string) { c.atCallee(p, data) })
	}
	for n := range count {
		x := &call{c: c, id: "c" + strconv.Itoa(n), plan: c.plan()}
		x.dialogs = map[string]*dialog{}
		x.callees = make([]*calleeSide, len(x.targets))
		c.byID[x.id] = x
		c.order = append(c.order, x)
		c.net.After(c.between(0, time.Duration(count+1)*time.Second/callRate), x.begin)
	}
	for c.step() && c.faults < maxFaults {
	}
	c.checkAll()
	return c
}

// maxFaults ends a run that goes wrong all over.
const maxFaults = 10

// errorf reports what is wrong with a call, and how to see it again.
func (c *calls) errorf(x *call, format string, args ...any) {
	c.t.Helper()
	c.faults++
	test, _, _ := strings.Cut(c.t.Name(), "/")
	c.t.Errorf("%s: %s\n%s\nagain with: go test ./tests/sim -run '%s$' -seed %d -calls %d",
		x.id, fmt.Sprintf(format, args...), x.plan, test, c.seed, c.count)
}

// atCaller takes a reply that came to the callers' host.
func (c *calls) atCaller(data string) {
	if err := c.parsed.Parse(data); err != nil || c.parsed.IsRequest {
		c.t.Errorf("a caller cannot read %q: %v", data, err)
		return
	}
	c.byID[c.parsed.CallID()].reply(&c.parsed)
}

// chosen is what the command line asks for in place of a test's own figures.
func chosen(seeds []uint64, count int) ([]uint64, int) {
	if *oneSeed != 0 {
		seeds = []uint64{*oneSeed}
	}
	if *callCount != 0 {
		count = *callCount
	}
	return seeds, count
}

// TestCalls is the simulation: 25,000 calls with several seeds, 2,000 with -short. tests/run has it play 100,000.
func TestCalls(t *testing.T) {
	seeds, count := []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 2500
	if testing.Short() {
		seeds, count = seeds[:1], 2000
	}
	seeds, count = chosen(seeds, count)
	for _, seed := range seeds {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			c := play(t, settings{seed: seed, values: rfcTimers(), link: bad}, count)
			t.Logf("%d calls, %d packets, %v: %+v, trace %x", count, c.packets, c.now().Round(time.Second), c.figures, c.trace)
		})
	}
}

// beginsAnew takes a request that came to the script a second time. With the times of the RFC the
// transaction is there as long as its peers repeat anything; with a short wt_timer a caller
// that has lost all replies so far makes a new one.
func (c *calls) beginsAnew(x *call) {
	if c.strict || !c.over(x.border.ended()) {
		c.errorf(x, "the request came to the script twice")
	}
	c.figures.anew++
	x.anew, x.rounds, x.tried = true, 0, 0
}

// TestCallsWithDefaults plays with the incumbent's times, which are shorter than those of the RFC.
func TestCallsWithDefaults(t *testing.T) {
	count := 10_000
	if testing.Short() {
		count = 1000
	}
	seeds, count := chosen([]uint64{11}, count)
	c := play(t, settings{seed: seeds[0], values: tm.DefaultValues(), link: bad}, count)
	t.Logf("%+v", c.figures)
	if c.figures.anew*100 > c.count {
		t.Errorf("%d of %d calls began anew", c.figures.anew, c.count)
	}
}

// TestSameSeedSameTrace compares every packet and instant of two runs.
func TestSameSeedSameTrace(t *testing.T) {
	run := func(seed uint64) uint64 {
		return play(t, settings{seed: seed, values: rfcTimers(), link: bad, shards: 2}, 300).trace
	}
	first := run(42)
	if again := run(42); again != first {
		t.Errorf("seed 42 gave the traces %x and %x", first, again)
	}
	if run(43) == first {
		t.Error("two seeds gave one trace")
	}
}

package limit

import (
	"sync"

	"github.com/moonroute/moonroute/core/rpc"
)

// Tuning is what an operator changes in FEEDBACK pipes while they work: the weights of their controller, and the load
// that they follow in place of the measured one. Its methods on a call are commands of the modules that limit.
type Tuning struct {
	mu         sync.Mutex
	controller Controller
	forced     *float64 // the load until the next measurement; nil: none
}

// NewTuning has the incumbent's controller.
func NewTuning() *Tuning { return &Tuning{controller: DefaultController()} }

// Next is the controller of an interval. The load that an operator has set takes the place of the measured one, once.
func (t *Tuning) Next(l *Load) Controller {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.forced != nil {
		l.CPU, t.forced = *t.forced, nil
	}
	return t.controller
}

// Show answers with the controller's weights: rl.get_pid and pl.get_pid.
func (t *Tuning) Show(c *rpc.Call) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	c.Add(t.controller.String())
	return nil
}

// SetController reads new weights: rl.set_pid and pl.set_pid.
func (t *Tuning) SetController(c *rpc.Call) error {
	controller, err := readController(c)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.controller = controller
	return nil
}

// PushLoad reads the load of the present interval: rl.push_load and pl.push_load.
func (t *Tuning) PushLoad(c *rpc.Call) error {
	load, err := readLoad(c)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forced = &load
	return nil
}

package limit

import (
	"fmt"
	"math"
)

// Controller holds the weights of the integral, proportional and derivative parts of the
// error, the wanted load less the load. Negative ones drop more when there is more load.
type Controller struct{ Ki, Kp, Kd float64 }

// DefaultController is the incumbent's.
func DefaultController() Controller { return Controller{Ki: -25} }

// String is the form of rl.get_pid and pl.get_pid.
func (c Controller) String() string {
	return fmt.Sprintf("ki[%f] kp[%f] kd[%f] ", c.Ki, c.Kp, c.Kd)
}

// control is what one pipe's controller remembers.
type control struct{ integral, before float64 }

// next is the percentage to drop. While that is at an end of its range the integral does not
// grow further, so that it follows at once when the load turns.
func (x *control) next(err float64, c Controller) int {
	integral := x.integral + err
	out := c.Ki*integral + c.Kp*err + c.Kd*(err-x.before)
	x.before = err
	if out >= 0 && out <= 100 {
		x.integral = integral
	}
	return int(math.Round(min(max(out, 0), 100)))
}

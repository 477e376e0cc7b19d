package limit

import "github.com/moonroute/moonroute/core/rpc"

// What the commands of both modules that limit have in common is how their parameters are read. Each function gives an
// error for the caller of the command.

// ReadPipe reads ALGORITHM LIMIT from a place of a command's parameters on.
func ReadPipe(c *rpc.Call, at int) (a Algorithm, limit int, err error) {
	name, err := c.Str(at)
	if err != nil {
		return a, 0, err
	}
	n, err := c.Int(at + 1)
	if err != nil {
		return a, 0, err
	}
	a, known := ParseAlgorithm(name)
	if !known {
		return a, 0, c.Fault(400, "Unknown algorithm")
	}
	return a, int(n), nil
}

// readController reads the weights KI KP KD.
func readController(c *rpc.Call) (Controller, error) {
	var weights [3]float64
	for i := range weights {
		w, err := c.Float(i)
		if err != nil {
			return Controller{}, err
		}
		weights[i] = w
	}
	return Controller{Ki: weights[0], Kp: weights[1], Kd: weights[2]}, nil
}

// readLoad reads a load from 0 to 1.
func readLoad(c *rpc.Call) (float64, error) {
	load, err := c.Float(0)
	if err == nil && (load < 0 || load > 1) {
		err = c.Fault(400, "Value out of range")
	}
	return load, err
}

package lua

import (
	"math/rand/v2"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonroute/moonroute/core/clock"
)

// openSimulated makes time and chance of a script those of its server, where they are moved by
// hand and follow from a seed.
func (s *state) openSimulated() {
	server := s.engine.host.Server
	if server == nil {
		return
	}
	if _, ok := server.Clock.(clock.Pacer); ok {
		s.library("os").RawSetString("time", s.L.NewFunction(timeOf(server.Clock, s.stock("os", "time"))))
		s.library("os").RawSetString("date", s.L.NewFunction(dateOf(server.Clock, s.stock("os", "date"))))
	}
	if server.Seed != 0 {
		s.library("math").RawSetString("random", s.L.NewFunction(randomOf(rand.New(rand.NewPCG(server.Seed, 0)))))
	}
}

// timeOf is os.time by a clock.
func timeOf(c clock.Clock, stock glua.LGFunction) glua.LGFunction {
	return func(L *glua.LState) int {
		if L.GetTop() > 0 {
			return stock(L)
		}
		L.Push(glua.LNumber(c.Now().Unix()))
		return 1
	}
}

// dateOf is os.date by a clock.
func dateOf(c clock.Clock, stock glua.LGFunction) glua.LGFunction {
	return func(L *glua.LState) int {
		if L.GetTop() == 0 {
			L.Push(glua.LString("%c"))
		}
		if L.GetTop() == 1 {
			L.Push(glua.LNumber(c.Now().Unix()))
		}
		return stock(L)
	}
}

// randomOf is math.random with a source of its own.
func randomOf(source *rand.Rand) glua.LGFunction {
	return func(L *glua.LState) int {
		var low, high int64
		switch L.GetTop() {
		case 0:
			L.Push(glua.LNumber(source.Float64()))
			return 1
		case 1:
			low, high = 1, L.CheckInt64(1)
		default:
			low, high = L.CheckInt64(1), L.CheckInt64(2)
		}
		if low > high {
			L.ArgError(L.GetTop(), "interval is empty")
		}
		L.Push(glua.LNumber(low + source.Int64N(high-low+1)))
		return 1
	}
}

package avpops

import (
	"strconv"

	"github.com/moonroute/moonroute/core/route"
)

// flags are the letters behind the destination of avp_copy.
type flags struct{ all, remove, number, text bool }

func parseFlags(letters string) (f flags, ok bool) {
	for i := range len(letters) {
		switch letters[i] | 0x20 {
		case 'g':
			f.all = true
		case 'd':
			f.remove = true
		case 'n':
			f.number = true
		case 's':
			f.text = true
		default:
			return f, false
		}
	}
	return f, true
}

// convert gives a value as the flags want it; ok is false for a text that is no number.
func (f flags) convert(v route.Value) (out route.Value, ok bool) {
	switch {
	case f.number && !v.IsNum:
		n, err := strconv.ParseUint(v.Text, 10, 32)
		return route.NumValue(int64(n)), err == nil
	case f.text && v.IsNum:
		return route.TextValue(strconv.FormatInt(v.Num, 10)), true
	}
	return v, true
}

// list is the AVPs of one name.
type list struct {
	class route.AVPClass
	name  string
}

// job is one avp_copy.
type job struct {
	avps     *route.AVPs
	flags    flags
	from, to list
}

// run copies and tells whether something was there and could be copied.
func (j *job) run() bool {
	values := j.values()
	for i, v := range values {
		out, ok := j.flags.convert(v)
		if !ok {
			return false
		}
		j.avps.Push(j.to.class, j.to.name, out)
		if j.flags.remove {
			j.takeOne(i + 1)
		}
	}
	return len(values) > 0
}

// values are those to copy, the newest first.
func (j *job) values() (values []route.Value) {
	for i := 0; ; i++ {
		x := j.avps.At(j.from.class, j.from.name, i)
		if x == nil {
			return values
		}
		values = append(values, x.Value)
		if !j.flags.all {
			return values
		}
	}
}

// takeOne removes the newest AVP of the source; the copies that were made so far stand above it if both names are the same.
func (j *job) takeOne(copies int) {
	i := 0
	if j.from == j.to {
		i = copies
	}
	if x := j.avps.At(j.from.class, j.from.name, i); x != nil {
		j.avps.Remove(x)
	}
}

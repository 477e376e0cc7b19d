package rpc

// Value is a parameter or a part of a result. It is one of:
//
//   - int64, float64 or string,
//   - *Struct, an ordered set of named values,
//   - *List, an ordered list.
//
// Parameters of a JSON request may also be bool or nil; those of a binary request may
// be []byte. Results may be given as any Go integer type or bool: they are stored as int64.
type Value = any

// member is one entry of a Struct or a List. Entries of a list may have a name too.
type member struct {
	name  string
	value Value
}

// Struct is a set of named values that keeps the order in which they were added.
// A name may occur more than once, as in several of Kamailio's answers.
type Struct struct{ members []member }

// Add appends a named value and returns the struct, so that calls can be chained.
func (s *Struct) Add(name string, v Value) *Struct {
	s.members = append(s.members, member{name, normal(v)})
	return s
}

// Struct appends an empty struct under the name and returns it to be filled.
func (s *Struct) Struct(name string) *Struct {
	sub := &Struct{}
	s.Add(name, sub)
	return sub
}

// List appends an empty list under the name and returns it to be filled.
func (s *Struct) List(name string) *List {
	sub := &List{}
	s.Add(name, sub)
	return sub
}

// Get is the first value with that name.
func (s *Struct) Get(name string) (Value, bool) {
	for _, m := range s.members {
		if m.name == name {
			return m.value, true
		}
	}
	return nil, false
}

// Len is the number of members.
func (s *Struct) Len() int { return len(s.members) }

// All yields names and values in order.
func (s *Struct) All(yield func(string, Value) bool) { walk(s.members, yield) }

// List is an ordered list of values.
//
// An entry may carry a name. JSON writes such an entry as an object with one member,
// the binary protocol as a member of a struct: that is how Kamailio's ul.dump gives
// `[{"Contact": {...}}, ...]` to one client and `Contact: {...}` to the other.
type List struct{ members []member }

// Add appends a value and returns the list, so that calls can be chained.
func (l *List) Add(v Value) *List {
	l.members = append(l.members, member{"", normal(v)})
	return l
}

// AddNamed appends a value that carries a name.
func (l *List) AddNamed(name string, v Value) *List {
	l.members = append(l.members, member{name, normal(v)})
	return l
}

// Struct appends an empty struct and returns it to be filled. The name may be empty.
func (l *List) Struct(name string) *Struct {
	sub := &Struct{}
	l.AddNamed(name, sub)
	return sub
}

// Len is the number of entries.
func (l *List) Len() int { return len(l.members) }

// All yields the entries in order with their names, which are empty for most lists.
func (l *List) All(yield func(string, Value) bool) { walk(l.members, yield) }

func walk(members []member, yield func(string, Value) bool) {
	for _, m := range members {
		if !yield(m.name, m.value) {
			return
		}
	}
}

// normal folds Go's many number types into the kinds that the carriers write.
func normal(v Value) Value {
	switch n := v.(type) {
	case int:
		return int64(n)
	case int32:
		return int64(n)
	case uint32:
		return int64(n)
	case uint16:
		return int64(n)
	case uint64:
		return unsigned(n)
	case uint:
		return unsigned(uint64(n))
	case bool:
		if n {
			return int64(1)
		}
		return int64(0)
	case float32:
		return float64(n)
	}
	return v
}

// unsigned keeps large counters readable: beyond int64 they become a float.
func unsigned(n uint64) Value {
	if n > 1<<63-1 {
		return float64(n)
	}
	return int64(n)
}

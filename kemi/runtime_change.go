package kemi

import (
	"errors"
	"fmt"
)

// RuntimeChange is a change that waits for Commit.
type RuntimeChange struct {
	Ref      RuntimeRef
	Name     string
	Old, New Value // Old is the value when Pending was asked
}

// maxPending bounds the changes that wait.
const maxPending = 1024

// Delay keeps a change for Commit. The value's kind is checked now.
func (r *Runtime) Delay(ref RuntimeRef, name string, x Value) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, x, err := r.changeable(ref, name, x)
	if err != nil {
		return err
	}
	if len(r.pending) >= maxPending {
		return fmt.Errorf("kemi: %d changes wait for cfg.commit already", maxPending)
	}
	r.pending = append(r.pending, RuntimeChange{Ref: ref, Name: name, New: x})
	return nil
}

// Pending are the changes that wait, in their order.
func (r *Runtime) Pending() []RuntimeChange {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]RuntimeChange, 0, len(r.pending))
	for _, c := range r.pending {
		c.Old, _ = r.get(c.Ref, r.Var(c.Ref.Group, c.Name))
		list = append(list, c)
	}
	return list
}

// Commit makes all waiting changes. One that is refused keeps none of the others from being made.
func (r *Runtime) Commit() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var refused []error
	for _, c := range r.pending {
		refused = append(refused, r.set(c.Ref, c.Name, c.New))
	}
	r.pending = nil
	return errors.Join(refused...)
}

// Rollback forgets the waiting changes.
func (r *Runtime) Rollback() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pending = nil
}

// Reset gives all variables of a group the values that they started with.
func (r *Runtime) Reset(group string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := r.byName[group]
	if g == nil {
		return nil
	}
	var refused []error
	for _, v := range g.Vars {
		if before, changed := r.initial[v]; changed {
			refused = append(refused, v.Set(before))
		}
	}
	return errors.Join(refused...)
}

// maxInstances bounds the instances of one group.
const maxInstances = 256

// AddInstance makes "group[id]", which starts with the group's values.
func (r *Runtime) AddInstance(ref RuntimeRef) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := r.byName[ref.Group]
	if g == nil || !ref.Instance {
		return fmt.Errorf("%s: %w", ref.Group, ErrNoInstance)
	}
	if g.instances[ref.ID] != nil {
		return nil
	}
	if len(g.instances) >= maxInstances {
		return fmt.Errorf("kemi: group %s has %d instances already", ref.Group, maxInstances)
	}
	g.instances[ref.ID] = map[string]Value{}
	return nil
}

// DropInstance removes "group[id]".
func (r *Runtime) DropInstance(ref RuntimeRef) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	g := r.byName[ref.Group]
	if g == nil || g.instances[ref.ID] == nil {
		return fmt.Errorf("%s[%d]: %w", ref.Group, ref.ID, ErrNoInstance)
	}
	delete(g.instances, ref.ID)
	return nil
}

// Unset gives a variable of "group[id]" the group's value again.
func (r *Runtime) Unset(ref RuntimeRef, name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Var(ref.Group, name) == nil {
		return fmt.Errorf("%s.%s: %w", ref.Group, name, ErrNoRuntimeVar)
	}
	values := r.byName[ref.Group].instances[ref.ID]
	if values == nil {
		return fmt.Errorf("%s[%d]: %w", ref.Group, ref.ID, ErrNoInstance)
	}
	delete(values, name)
	return nil
}

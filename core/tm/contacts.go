package tm

import (
	"slices"

	"github.com/moonroute/moonroute/core/route"
)

// contactList holds targets that wait for their turn: those of t_load_contacts, the most
// preferred last, and the spare flows of outbound registrations (RFC 5626).
type contactList struct {
	targets []contact
	single  bool // one target at a time instead of all of the same q
}

// contact is a target with the XAVP that belongs to it (xavp_contact); nil: none.
type contact struct {
	route.Target
	attrs *route.XAVP
}

// Results of the contact functions besides 1 and -1.
const noContacts = -2

// LoadContacts puts the request URI and the further branches aside, to be tried group by
// group in the order of their q (t_load_contacts), or one by one. It gives -1 if no parameter names the place for them.
func (tb *Table) LoadContacts(m *route.Message, single bool) int {
	v := tb.env.Params.Get()
	if v.ContactsAVP == "" {
		return failed
	}
	if len(m.Branches) == 0 {
		return ok
	}
	list := contactsIn(m, v.XAVPContact)
	m.Branches = m.Branches[:0]
	if single {
		slices.Reverse(list) // among equals the first one comes first
	}
	slices.SortStableFunc(list, func(a, b contact) int { return a.Q - b.Q })
	if v.ContactFlowsAVP != "" {
		var flows []contact
		list, flows = splitFlows(list)
		setContacts(m, v.ContactFlowsAVP, flows, false)
	}
	setContacts(m, v.ContactsAVP, list, single)
	return ok
}

// contactsIn are the request URI and the further branches, each with the XAVP of its number, which is taken out.
func contactsIn(m *route.Message, attrs string) []contact {
	list := []contact{{Target: m.Target}}
	if list[0].URI == "" {
		list[0].URI = m.RequestURI
	}
	for _, b := range m.Branches {
		list = append(list, contact{Target: b})
	}
	if attrs == "" || m.Vars == nil {
		return list
	}
	for i := range list {
		if x := m.Vars.XAVP.At(attrs, i); x != nil {
			own := *x
			list[i].attrs = &own
		}
	}
	m.Vars.XAVP.RemoveAll(attrs)
	return list
}

// restore gives a contact that is to be tried its XAVP back.
func (c *contact) restore(m *route.Message, number int) {
	if c.attrs != nil {
		m.AVPs().XAVP.Insert(number, *c.attrs)
		c.attrs = nil
	}
}

// splitFlows keeps the most preferred target of each +sip.instance; the others are its spare flows.
func splitFlows(list []contact) (kept, flows []contact) {
	seen := map[string]bool{}
	for i := len(list) - 1; i >= 0; i-- {
		x := list[i]
		if x.Instance != "" && seen[x.Instance] {
			flows = append(flows, x)
			continue
		}
		seen[x.Instance] = true
		kept = append(kept, x)
	}
	slices.Reverse(kept)
	return kept, flows
}

func setContacts(m *route.Message, name string, list []contact, single bool) {
	avps := &m.AVPs().AVP
	avps.RemoveAll(route.ClassGlobal, name)
	if len(list) > 0 {
		avps.Push(route.ClassGlobal, name, route.Value{Data: &contactList{list, single}})
	}
}

func contactsOf(m *route.Message, name string) *contactList {
	if m.Vars == nil || name == "" {
		return nil
	}
	if x := m.Vars.AVP.At(route.ClassGlobal, name, 0); x != nil {
		list, _ := x.Value.Data.(*contactList)
		return list
	}
	return nil
}

// NextContacts makes the most preferred group the message's targets (t_next_contacts): 1, -2
// if nothing is left, -1 without the parameter.
func (tb *Table) NextContacts(m *route.Message) int {
	name := tb.env.Params.Get().ContactsAVP
	if name == "" {
		return failed
	}
	list := contactsOf(m, name)
	if list == nil || len(list.targets) == 0 {
		return noContacts
	}
	n := len(list.targets)
	q := list.targets[n-1].Q
	m.Target, m.URIUsed = list.targets[n-1].Target, false
	list.targets[n-1].restore(m, 0)
	m.Branches = m.Branches[:0]
	for n--; n > 0 && !list.single && list.targets[n-1].Q == q; n-- {
		m.Branches = append(m.Branches, list.targets[n-1].Target)
		list.targets[n-1].restore(m, len(m.Branches))
	}
	list.targets = list.targets[:n]
	return ok
}

// NextContactFlow adds a spare flow of the failed branch's instance to the targets
// (t_next_contact_flow, in a branch failure route): 1, or -2 if there is none.
func (tb *Table) NextContactFlow(m *route.Message) int {
	name := tb.env.Params.Get().ContactFlowsAVP
	if name == "" {
		return failed
	}
	t := Of(m)
	list := contactsOf(m, name)
	if t == nil || t.run == nil || t.run.Kind != route.BranchFailureRoute || list == nil {
		return noContacts
	}
	instance := t.branches[t.run.Branch].Target.Instance
	for i, x := range list.targets {
		if x.Instance == instance {
			m.Branches = append(m.Branches, x.Target)
			x.restore(m, len(m.Branches))
			list.targets = slices.Delete(list.targets, i, i+1)
			return ok
		}
	}
	return noContacts
}

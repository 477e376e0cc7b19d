package main

import (
	"bytes"
	"context"

	"github.com/moonroute/moonroute/core/rpc"
)

func (f *ulFlags) dump(ctx context.Context, o *console, _ []string) error {
	if !o.json {
		return f.dumps(ctx, func(values []rpc.Value) error { return rpc.WriteText(o, values) })
	}
	users := &userArray{console: o}
	if err := f.dumps(ctx, users.add); err != nil {
		return err
	}
	return users.end()
}

// userArray writes one JSON array of addresses of record while the answers come, so that a
// large server's users are one document and need not be in memory together.
type userArray struct {
	*console
	begun bool
}

// add writes the users of an answer to ul.dump.
func (a *userArray) add(values []rpc.Value) error {
	var b bytes.Buffer
	for _, v := range values {
		for _, domain := range entries(member(v, "Domains"), "Domain") {
			for _, info := range entries(member(domain, "AoRs"), "Info") {
				a.separate(&b)
				if err := rpc.WriteJSON(&b, userOf(text(domain, "Domain"), info)); err != nil {
					return err
				}
			}
		}
	}
	_, err := a.Write(b.Bytes())
	return err
}

func (a *userArray) separate(b *bytes.Buffer) {
	if a.begun {
		b.WriteString(",\n")
		return
	}
	a.begun = true
	b.WriteString("[\n")
}

func (a *userArray) end() error {
	last := "]\n"
	if !a.begun {
		last = "[]\n"
	}
	_, err := a.Write([]byte(last))
	return err
}

// userOf is an address of record with the name of its table, and with its contacts as a list
// by whatever protocol they came.
func userOf(table string, info rpc.Value) *rpc.Struct {
	user := (&rpc.Struct{}).Add("Table", table)
	aor, ok := info.(*rpc.Struct)
	if !ok {
		return user
	}
	for name, v := range aor.All {
		if name != "Contacts" {
			user.Add(name, v)
		}
	}
	contacts := user.List("Contacts")
	for _, c := range entries(member(info, "Contacts"), "Contact") {
		contacts.Add(c)
	}
	return user
}

package schema

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/moonroute/moonroute/core/db"
)

// ErrRefused says that a database cannot be brought to the form of this server without
// changing or losing what is in it.
var ErrRefused = errors.New("an operator has to decide: nothing was changed")

// Create makes the tables with these names or groups (no name: all) that are missing, with
// their rows of the version table; tables that are there stay as they are. It gives what it
// did. It blocks.
func Create(ctx context.Context, d *db.DB, names ...string) ([]Change, error) {
	list, err := Missing(ctx, d, names...)
	if err != nil {
		return nil, err
	}
	return list, do(d, list)
}

// Missing gives what Create would do. It blocks.
func Missing(ctx context.Context, d *db.DB, names ...string) ([]Change, error) {
	list, err := compare(ctx, d, names, false)
	return slices.DeleteFunc(list, func(c Change) bool { return !c.Missing }), err
}

// Check gives what is not as it should be in the tables with these names or groups. No name
// means all tables, of which those for special modules may be missing. It blocks.
func Check(ctx context.Context, d *db.DB, names ...string) ([]Change, error) {
	list, err := Outdated(ctx, d, names...)
	return slices.DeleteFunc(list, func(c Change) bool { return c.harmless }), err
}

// Outdated gives what Upgrade would do: what Check finds and what it tolerates. It blocks.
func Outdated(ctx context.Context, d *db.DB, names ...string) ([]Change, error) {
	return compare(ctx, d, names, len(names) == 0)
}

// Upgrade mends what is outdated, where that adds to what is there; otherwise it changes
// nothing and its error is that of Refusal. It gives what it did. It blocks.
func Upgrade(ctx context.Context, d *db.DB, names ...string) ([]Change, error) {
	list, err := Outdated(ctx, d, names...)
	if err != nil {
		return nil, err
	}
	if err := Refusal(list); err != nil {
		return nil, err
	}
	return list, do(d, list)
}

// Refusal is ErrRefused with its reasons where one of the changes is not additive.
func Refusal(list []Change) error {
	var why []error
	for _, c := range list {
		if !c.Additive() {
			why = append(why, errors.New(c.String()))
		}
	}
	if len(why) == 0 {
		return nil
	}
	return fmt.Errorf("schema: %w:\n%w", ErrRefused, errors.Join(why...))
}

func compare(ctx context.Context, d *db.DB, names []string, mayLack bool) ([]Change, error) {
	tables, err := Named(names...)
	if err != nil {
		return nil, err
	}
	there, err := look(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	var list []Change
	language := languages(d.URL().Driver)
	for _, t := range tables {
		if there[t.Name] == nil && mayLack && t.optional() {
			continue
		}
		list = append(list, changes(language, t, there[t.Name])...)
	}
	return list, nil
}

func do(d *db.DB, list []Change) error {
	for _, c := range list {
		if err := c.Do(d); err != nil {
			return err
		}
	}
	return nil
}

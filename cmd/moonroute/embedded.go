package main

import (
	"context"

	"github.com/moonroute/moonroute/core/db/schema"
)

// prepareDatabase makes the embedded database of a script without a configuration, and the
// tables that it lacks, so that the modules find them.
func prepareDatabase(ctx context.Context, script string) error {
	f := databaseFlags{file: script}
	url, err := f.find()
	if err != nil {
		return err
	}
	d, err := f.open(url, openTime, true)
	if err != nil {
		return err
	}
	defer d.Close()
	_, err = schema.Create(ctx, d)
	return err
}

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/moonroute/moonroute/core/db"
	"github.com/moonroute/moonroute/core/db/schema"
)

// dbFlags are the flags of moonroute db.
type dbFlags struct {
	databaseFlags
	tables []string
}

func dbCommand() *cobra.Command {
	var f dbFlags
	cmd := &cobra.Command{
		Use:   "db",
		Short: "Make, check and upgrade the tables of a database",
		Long: "Makes, checks and upgrades the tables in which Kamailio's modules keep their data.\n" +
			"A database made by kamdbctl is as good as one made here.\n\n" + databaseHelp,
		Example: "  moonroute db create                                    an SQLite file in this folder\n" +
			"  moonroute db create --url mysql://kamailio:secret@localhost/kamailio\n" +
			"  moonroute db check -f /etc/kamailio/kamailio.cfg       is all as the modules need it?\n" +
			"  moonroute db upgrade -f /etc/kamailio/kamailio.cfg     add what an older database lacks",
	}
	f.register(cmd.PersistentFlags())
	cmd.PersistentFlags().StringSliceVar(&f.tables, "tables", nil, "only these `TABLES`, by their names or those of their modules")
	cmd.PersistentFlags().Bool("json", false, "answer with JSON")
	cmd.AddCommand(
		f.command("create", "Make the tables that are missing",
			"Makes the tables that are missing, and the database too where the account may do that.\n"+
				"What is there stays as it is. Accounts of the database server are made by its\n"+
				"administrator (or by kamdbctl grant).", f.create),
		f.command("check", "Compare the tables with what the modules need",
			"Tells what is not as the modules need it, and what to do about it. The exit code is 0 where\n"+
				"all is right, 1 where something is not, and 2 where the database cannot be asked.", f.check),
		f.command("upgrade", "Add what the tables of an older version lack",
			"Adds tables, columns and indexes that are missing, makes columns wider that are too narrow, and\n"+
				"brings the version table up to date. It never drops anything, and where that is not enough\n"+
				"it changes nothing and says why. Make a backup first nevertheless.", f.upgrade),
	)
	return cmd
}

func (f *dbFlags) command(name, short, long string, run func(context.Context, *console, string) error) *cobra.Command {
	return &cobra.Command{
		Use: name + " [--url URL | -f FILE] [--tables TABLES]", Short: short, Long: long, Args: cobra.NoArgs,
		Example: "  moonroute db " + name + " --url sqlite:///var/lib/moonroute/moonroute.db\n" +
			"  moonroute db " + name + " -f kamailio.cfg -A WITH_MYSQL --tables usrloc,acc",
		RunE: func(cmd *cobra.Command, _ []string) error {
			url, err := f.find()
			if err != nil {
				return err
			}
			return run(cmd.Context(), consoleOf(cmd), url)
		},
	}
}

// alterTime is how long a statement on a large table may take.
const alterTime = time.Hour

func (f *dbFlags) create(ctx context.Context, o *console, url string) error {
	if _, err := db.ParseURL(url); err != nil {
		return err
	}
	made, err := schema.CreateDatabase(ctx, url, db.DefaultOptions())
	if err != nil {
		return unreachable{err}
	}
	d, err := f.open(url, alterTime, true)
	if err != nil {
		return err
	}
	defer d.Close()
	if made && !o.json {
		fmt.Fprintf(o, "%s: the database is made\n", d.URL())
	}
	missing, err := schema.Missing(ctx, d, f.tables...)
	if err != nil {
		return err
	}
	if err := f.apply(o, d, missing, "all tables are there"); err != nil {
		return err
	}
	wrong, err := schema.Check(ctx, d, f.tables...)
	if err == nil && len(wrong) > 0 {
		err = fmt.Errorf("%s: tables that were there differ from what the modules need (%d): moonroute db check tells how", d.URL(), len(wrong))
	}
	return err
}

// change is a change in JSON.
type change struct {
	Table    string `json:"table"`
	What     string `json:"what"`
	Additive bool   `json:"additive"` // db upgrade can mend it
}

func changes(list []schema.Change) []change {
	out := []change{}
	for _, c := range list {
		out = append(out, change{c.Table, c.Text, c.Additive()})
	}
	return out
}

// apply makes changes one by one and tells of each, for some take long.
func (f *dbFlags) apply(o *console, d *db.DB, list []schema.Change, nothing string) error {
	if len(list) == 0 && !o.json {
		fmt.Fprintf(o, "%s: %s\n", d.URL(), nothing)
	}
	for _, c := range list {
		if !o.json {
			fmt.Fprint(o, c.String()+" ... ")
		}
		if err := c.Do(d); err != nil {
			return err
		}
		if !o.json {
			fmt.Fprintln(o, o.green("done"))
		}
	}
	if o.json {
		return o.value(changes(list))
	}
	return nil
}

func (f *dbFlags) check(ctx context.Context, o *console, url string) error {
	d, err := f.open(url, openTime, false)
	if err != nil {
		return err
	}
	defer d.Close()
	list, err := schema.Check(ctx, d, f.tables...)
	if err != nil {
		return err
	}
	if o.json {
		err = o.value(changes(list))
	} else {
		for _, c := range list {
			fmt.Fprintln(o, c)
		}
	}
	if err != nil {
		return err
	}
	if len(list) > 0 {
		return advice(d, list)
	}
	return o.right(d)
}

func (o *console) right(d *db.DB) error {
	if o.json {
		return nil
	}
	_, err := fmt.Fprintf(o, "%s: %s\n", d.URL(), o.green("the tables are right"))
	return err
}

// advice is what an operator does about differences.
func advice(d *db.DB, list []schema.Change) error {
	created := true
	for _, c := range list {
		created = created && c.Missing
	}
	switch {
	case created:
		return fmt.Errorf("%s: tables are missing (%d): moonroute db create makes them", d.URL(), len(list))
	case schema.Refusal(list) == nil:
		return fmt.Errorf("%s: tables differ from what the modules need (%d): moonroute db upgrade mends that", d.URL(), len(list))
	}
	return fmt.Errorf("%s: tables differ from what the modules need (%d), in a way that moonroute db upgrade cannot mend", d.URL(), len(list))
}

func (f *dbFlags) upgrade(ctx context.Context, o *console, url string) error {
	d, err := f.open(url, alterTime, false)
	if err != nil {
		return err
	}
	defer d.Close()
	list, err := schema.Outdated(ctx, d, f.tables...)
	if err != nil {
		return err
	}
	if err := schema.Refusal(list); err != nil {
		return err
	}
	return f.apply(o, d, list, "nothing is to be done")
}

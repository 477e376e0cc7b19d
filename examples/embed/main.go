// Command embed runs a SIP server inside its own process, with a KSR module and a Go value of its own.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/lua"
	"github.com/moonroute/moonroute/modules"
)

// greeter is what scripts see as KSR.greeter; kamailio.cfg loads it and sets its parameter.
var greeter = kemi.Define(kemi.Spec[greeting]{
	Name:   "greeter",
	New:    func() *greeting { return new(greeting) },
	Params: kemi.Params[greeting]{kemi.StrParam("word", "Hello", func(g *greeting) *string { return &g.word }, "what stands before the name")},
	Funcs:  kemi.Funcs[greeting]{{Name: "greet", Args: "name str", Returns: kemi.AnyValue, Call: (*greeting).greet, Doc: "gives the greeting"}},
})

type greeting struct{ word string }

func (g *greeting) greet(_ *kemi.Ctx, a *kemi.Args) kemi.Value {
	return kemi.Str(g.word + " " + a.Str(0))
}

// Directory is any Go type; scripts call its methods. Nobody writes it while they run, so it needs no lock.
type Directory struct{ names map[string]string }

// Name is a user's full name.
func (d *Directory) Name(user string) string { return d.names[user] }

// run serves until ctx ends.
func run(ctx context.Context, defines ...string) error {
	cfg, err := config.Load("kamailio.cfg", config.Options{Defines: defines})
	if err != nil {
		return err
	}
	people := &Directory{map[string]string{"bob": "Robert"}}
	server, err := kemi.New(kemi.Options{
		Config: cfg, Modules: append(modules.All(), greeter), Always: modules.Always(), Log: log.New(os.Stderr, log.Info, false),
		Engine: lua.New(lua.Options{Setup: []lua.Setup{lua.WithValue("directory", people)}}),
	})
	if err != nil {
		return err
	}
	return server.Run(ctx)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Command profiled is the server with a processor profile of its life, for profile-guided optimisation: "make pgo".
//
//	profiled -profiles DIR -f kamailio.cfg
//
// Each run writes a file of its own into the folder. The product has no such flag: who wants
// to know where a running server's time goes uses perf(1).
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"os/signal"
	"runtime/pprof"
	"syscall"

	"github.com/moonroute/moonroute/core/config"
	corelog "github.com/moonroute/moonroute/core/log"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/lua"
	"github.com/moonroute/moonroute/modules"
)

func main() {
	dir := flag.String("profiles", ".", "`folder` for the profile")
	file := flag.String("f", "", "configuration `file`")
	flag.Bool("DD", false, "as the server has it")
	flag.Bool("E", false, "as the server has it")
	flag.Parse()
	if err := run(*dir, *file); err != nil {
		log.Fatal(err)
	}
}

// run serves until a signal comes.
func run(dir, file string) error {
	out, err := os.CreateTemp(dir, "*.pprof")
	if err != nil {
		return err
	}
	defer out.Close()
	cfg, err := config.Load(file, config.Options{})
	if err != nil {
		return err
	}
	logger := corelog.New(os.Stderr, corelog.Level(cfg.Int("debug", 0)), false)
	server, err := kemi.New(kemi.Options{
		Config: cfg, Modules: modules.All(), Always: modules.Always(), Engine: lua.New(lua.Options{}), Log: logger, Version: "dev", Args: os.Args,
	})
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := pprof.StartCPUProfile(out); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return server.Run(ctx)
}

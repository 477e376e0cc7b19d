package kemi_test

import (
	"fmt"
	"log"
	"net/netip"
	"strings"

	"github.com/moonroute/moonroute/core/config"
	"github.com/moonroute/moonroute/core/transport/fakenet"
	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/lua"
	"github.com/moonroute/moonroute/modules"
)

// greeter is a module of the embedding program: scripts see it as KSR.greeter.
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

// directory is an ordinary Go type: scripts call its methods through gopher-luar.
type directory map[string]string

func (d directory) Name(user string) string { return d[user] }

// A program runs a whole server in its own process, with a KSR module and a Go value of its own. Here the network is
// one in memory; without Net it is the machine's. The configuration is testdata/example.cfg, its script example.lua:
//
//	function ksr_request_route()
//		local name = directory:Name(KSR.kx.gete_ruser())
//		KSR.sl.sl_send_reply(200, KSR.greeter.greet(name))
//	end
func Example() {
	cfg, err := config.Load("testdata/example.cfg", config.Options{})
	if err != nil {
		log.Fatal(err)
	}
	people := directory{"bob": "Robert"}
	network := new(fakenet.Pipes)
	server, err := kemi.New(kemi.Options{
		Config: cfg, Modules: append(modules.All(), greeter), Always: modules.Always(), Net: network,
		Engine: lua.New(lua.Options{Setup: []lua.Setup{lua.WithValue("directory", people)}}),
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := server.Start(); err != nil { // server.Run(ctx) starts, waits for ctx and stops
		log.Fatal(err)
	}
	defer server.Stop()
	fmt.Println(call(network, "sip:bob@192.0.2.1"))
	// Output: SIP/2.0 200 Good day Robert
}

// call sends a request from another host and gives the start line of the answer.
func call(network *fakenet.Pipes, uri string) string {
	client, err := network.ListenUDP(netip.MustParseAddrPort("192.0.2.2:5060"), false)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	request := "OPTIONS " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\r\nFrom: <sip:ann@192.0.2.2>;tag=1\r\n" +
		"To: <" + uri + ">\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
	if _, err := client.WriteToUDPAddrPort([]byte(request), netip.MustParseAddrPort("192.0.2.1:5060")); err != nil {
		log.Fatal(err)
	}
	buf := make([]byte, 2048)
	n, _, err := client.ReadFromUDPAddrPort(buf)
	if err != nil {
		log.Fatal(err)
	}
	line, _, _ := strings.Cut(string(buf[:n]), "\r\n")
	return line
}

package kemi

import (
	"net/netip"
	"testing"
)

// TestBinds: which addresses of an interface are listened on.
func TestBinds(t *testing.T) {
	for _, x := range []struct {
		text                 string
		four, six, linkLocal bool
	}{
		{"", true, false, false},
		{"auto_bind_ipv6=1\n", true, true, false},
		{"auto_bind_ipv6=1\nbind_ipv6_link_local=1\n", true, true, true},
		{"bind_ipv6_link_local=1\n", true, false, false},
	} {
		s := &Server{Config: parameters(t, x.text)}
		for addr, want := range map[string]bool{"192.0.2.1": x.four, "2001:db8::1": x.six, "fe80::1": x.linkLocal} {
			if got := s.binds(netip.MustParseAddr(addr)); got != want {
				t.Errorf("%q: %s: %v", x.text, addr, got)
			}
		}
	}
}

func TestListenAddrs(t *testing.T) {
	s := &Server{Config: parameters(t, "")}
	for host, want := range map[string]string{"127.0.0.1": "127.0.0.1", "[::1]": "::1", "localhost": "127.0.0.1"} {
		if got, err := s.listenAddrs(host); err != nil || len(got) != 1 || got[0].String() != want {
			t.Errorf("%s: %v, %v", host, got, err)
		}
	}
	if _, err := s.listenAddrs("no.such.host.invalid"); err == nil {
		t.Error("a name without addresses")
	}
	if all, err := s.interfaceAddrs(everyInterface); err != nil || len(all) == 0 {
		t.Errorf("%v, %v", all, err)
	}
	if got := zoned(netip.MustParseAddr("fe80::1"), "eth0"); got.String() != "fe80::1%eth0" {
		t.Error(got)
	}
}

// TestListenedTwice: an address that several lines mean is listened on once, as the first of them says.
func TestListenedTwice(t *testing.T) {
	s := &Server{Config: parameters(t, "disable_tcp=yes\nlisten=udp:127.0.0.1:5070 name \"first\"\nlisten=127.0.0.1:5070\nlisten=udp:localhost:5070\nlisten=udp:localhost\n")}
	list, err := s.sockets()
	if err != nil || len(list) != 2 {
		t.Fatalf("%v, %v", list, err)
	}
	if a, b := list[0], list[1]; a.Name != "first" || a.HostName != "" || b.String() != "udp:127.0.0.1:5060" || b.HostName != "localhost" || b.Index() != 1 {
		t.Errorf("%+v, %+v", a, b)
	}
}

package core

import (
	"os"
	"syscall"

	"github.com/moonroute/moonroute/core/rpc"
	"github.com/moonroute/moonroute/kemi"
)

// processCommands are about the process and how it sends.
var processCommands = kemi.Commands[state]{
	{Name: "core.kill", Run: (*state).kill, Doc: "sends this process a signal: its number (15 if not given), the process id (0: this one)"},
	{Name: "core.udp4_raw_info", Run: (*state).rawInfo, Doc: "how UDP over IPv4 is sent"},
}

// kill signals this process only: an operator of the server is none of the machine.
func (s *state) kill(c *rpc.Call) error {
	signal, pid := c.IntOpt(0, int64(syscall.SIGTERM)), c.IntOpt(1, 0)
	if pid != 0 && pid != int64(os.Getpid()) {
		return c.Fault(400, "process %d is none of this server", pid)
	}
	if signal == 0 {
		return nil
	}
	process, err := os.FindProcess(os.Getpid())
	if err != nil {
		return c.Fault(500, "%v", err)
	}
	if err := process.Signal(syscall.Signal(signal)); err != nil {
		return c.Fault(500, "signal %d: %v", signal, err)
	}
	return nil
}

// rawInfo has the incumbent's fields; raw sockets are not used for what leaves.
func (s *state) rawInfo(c *rpc.Call) error {
	cfg := s.srv.Config
	c.AddStruct().Add("udp4_raw", 0).Add("udp4_raw_mtu", cfg.Int("udp4_raw_mtu", 1500)).Add("udp4_raw_ttl", cfg.Int("udp4_raw_ttl", 64))
	return nil
}

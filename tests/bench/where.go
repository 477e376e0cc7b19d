package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/tabwriter"
)

// part is a share of the server's work. A sample belongs to the part that its innermost known function names.
type part struct {
	name      string
	functions []string // starts of names
}

const module = "github.com/moonroute/moonroute/"

// parts are in the order in which a message meets them.
var parts = []part{
	{"kernel: receive", []string{"udp_recvmsg", "tcp_recvmsg", "__x64_sys_recv", "__arm64_sys_recv", "vfs_read"}},
	{"kernel: send", []string{"udp_sendmsg", "tcp_sendmsg", "__x64_sys_send", "__arm64_sys_send", "vfs_write"}},
	{"kernel: wait and wake", []string{"__x64_sys_futex", "__x64_sys_epoll", "__arm64_sys_futex", "__arm64_sys_epoll"}},
	{"transports", []string{module + "core/transport."}},
	{"shard, life of a message", []string{module + "core/shard.", module + "core/server.", module + "core/load."}},
	{"parse", []string{module + "core/sip."}},
	{"script: Lua", []string{"github.com/yuin/gopher-lua.", module + "lua."}},
	{"script: KSR functions", []string{module + "kemi.", module + "modules/"}},
	{"transactions", []string{module + "core/tm."}},
	{"location", []string{module + "core/location.", module + "modules/registrar.", module + "modules/usrloc."}},
	{"edit and build", []string{module + "core/route."}},
	{"timers", []string{module + "core/clock."}},
	{"memory: allocate", []string{"runtime.mallocgc", "runtime.growslice"}},
	{"memory: collect", []string{
		"runtime.gcBgMarkWorker", "runtime.gcAssist", "runtime.gcStart", "runtime.gcDrain", "runtime.gcMark", "runtime.bgsweep",
		"runtime.bgscavenge", "runtime.wbBufFlush", "runtime.(*gcWork)",
	}},
	{"memory: pages", []string{"asm_exc_page_fault", "__x64_sys_madvise", "__x64_sys_mmap", "__x64_sys_munmap"}},
	{"scheduler", []string{
		"runtime.schedule", "runtime.findRunnable", "runtime.park_m", "runtime.ready", "runtime.netpoll", "runtime.sysmon", "runtime.startm",
		"runtime.wakep", "runtime.stopm", "runtime.exitsyscall", "runtime.entersyscall", "runtime.reentersyscall", "runtime.mcall", "runtime.mstart",
		"runtime.(*timers)", "runtime.goready", "runtime.gopark", "runtime.newproc",
	}},
}

const other = "other"

// partOf is the part of a call stack, innermost function first. Registrar and location come before
// the modules and rooms that they are among: the longest fitting name counts.
func partOf(stack []string) string {
	for _, function := range stack {
		found, length := "", 0
		for _, p := range parts {
			for _, start := range p.functions {
				if strings.HasPrefix(function, start) && len(start) > length {
					found, length = p.name, len(start)
				}
			}
		}
		if found != "" {
			return found
		}
	}
	return other
}

// stacks gives the call stacks of what "perf script -F ip,sym" writes: an address and a function a line, innermost first, and
// an empty line after each stack.
func stacks(r io.Reader, each func(stack []function)) error {
	var stack []function
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		address, name, _ := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		if name != "" {
			stack = append(stack, function{name, strings.HasPrefix(address, "ffff")})
			continue
		}
		if len(stack) > 0 {
			each(stack)
		}
		stack = stack[:0]
	}
	if len(stack) > 0 {
		each(stack)
	}
	return lines.Err()
}

// function is a line of a stack.
type function struct {
	name   string
	kernel bool
}

// samples counts the parts of call stacks, and adds them to the tree if there is one.
func samples(r io.Reader, tree *callTree) (map[string]int, error) {
	counts := map[string]int{}
	err := stacks(r, func(stack []function) {
		var all, own []string
		for _, f := range stack {
			all = append(all, f.name)
			if !f.kernel && !strings.HasPrefix(f.name, "[") {
				own = append(own, f.name)
			}
		}
		counts[partOf(all)]++
		if tree != nil {
			tree.add(own)
		}
	})
	return counts, err
}

// recording is perf at work.
type recording struct {
	perf *exec.Cmd
	file string
}

// record samples the call stacks of a process, so many a second.
func record(pid int, dir string, frequency int) (*recording, error) {
	r := &recording{file: filepath.Join(dir, "perf.data")}
	r.perf = exec.Command("perf", "record", "-q", "-F", fmt.Sprint(frequency), "-g", "-p", fmt.Sprint(pid), "-o", r.file)
	r.perf.Stderr = os.Stderr
	return r, r.perf.Start()
}

// end stops the sampling and counts.
func (r *recording) end(tree *callTree) (map[string]int, error) {
	if err := r.perf.Process.Signal(os.Interrupt); err != nil {
		return nil, fmt.Errorf("perf: %w", err)
	}
	_ = r.perf.Wait() // interrupted, it does not end well
	script := exec.Command("perf", "script", "-i", r.file, "-F", "ip,sym")
	out, err := script.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := script.Start(); err != nil {
		return nil, err
	}
	counts, err := samples(out, tree)
	if err != nil {
		return nil, err
	}
	return counts, script.Wait()
}

// recorded measures each task once under perf.
func (b *bench) recorded(tasks []task) (figures []figure, err error) {
	for _, t := range tasks {
		f, err := b.run(b.server, t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t, err)
		}
		progress(b.out, t, 0, &side{Name: "A", Command: b.server}, f)
		figures = append(figures, f)
	}
	return figures, nil
}

// whereAll says where the time of each task went.
func (b *bench) whereAll() error {
	tasks := b.tasks()
	figures, err := b.recorded(tasks)
	if err == nil {
		whereTable(b.out, tasks, figures)
	}
	return err
}

// whereTable says how many microseconds of an operation each part took.
func whereTable(w io.Writer, tasks []task, figures []figure) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "\nus of\t")
	for _, x := range tasks {
		fmt.Fprintf(t, "%s %s\t", x.Case, x.Transport)
	}
	fmt.Fprintln(t)
	row := func(name string, value func(f *figure) float64) {
		fmt.Fprintf(t, "%s\t", name)
		for i := range figures {
			fmt.Fprintf(t, "%.1f\t", value(&figures[i]))
		}
		fmt.Fprintln(t)
	}
	for _, p := range parts {
		row(p.name, func(f *figure) float64 { return f.share(p.name) })
	}
	row(other, func(f *figure) float64 { return f.share(other) })
	row("all", func(f *figure) float64 { return f.Microseconds })
	_ = t.Flush()
}

// share is the microseconds of a part.
func (f *figure) share(name string) float64 {
	total := 0
	for _, n := range f.where {
		total += n
	}
	return f.Microseconds * float64(f.where[name]) / float64(max(1, total))
}

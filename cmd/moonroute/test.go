package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/moonroute/moonroute/luatest"
	"github.com/moonroute/moonroute/modules"
)

// testFlags are those of moonroute test.
type testFlags struct {
	run, format, output, lcov, annotate, colour string
	defines                                     []string
	seed                                        uint64
	timeout                                     time.Duration
	verbose, failFast, coverage, json           bool
}

func testCommand() *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "test [FILE.lua | FOLDER]…",
		Short: "Run tests of a routing script, written in Lua, without a network",
		Long: "Each case runs the script on a whole server with a network in memory and a clock that the test\n" +
			"moves: 120 s pass at once, and the same seed gives the same bytes. Without arguments it runs\n" +
			"test.lua and every *_test.lua in this folder and below. docs/testing-scripts.md has more.",
		Example: "  $ cat routes_test.lua\n" +
			"  local t = require \"moonroute.test\"\n" +
			"  t.case(\"a busy user's voicemail answers\", function()\n" +
			"    local alice, bob = t.peer(\"alice\"), t.peer(\"bob\")\n" +
			"    bob:register()\n" +
			"    local call = alice:invite(bob)\n" +
			"    bob:expect(\"INVITE\"):reply(486)\n" +
			"    call:expect(486)\n" +
			"  end)\n" +
			"  $ moonroute test -v --coverage routes_test.lua\n" +
			"  $ moonroute test --run busy --format junit --output report.xml",
		RunE: func(cmd *cobra.Command, args []string) error { return f.test(cmd.OutOrStdout(), args) },
	}
	f.register(cmd)
	return cmd
}

func (f *testFlags) register(cmd *cobra.Command) {
	set := cmd.Flags()
	set.StringVar(&f.run, "run", "", "only cases whose name fits this regular `expression`")
	set.StringVar(&f.format, "format", "text", "`form` of the report: "+strings.Join(luatest.Formats(), ", "))
	set.BoolVar(&f.json, "json", false, "the same as --format json")
	set.StringVarP(&f.output, "output", "o", "", "`FILE` for the report; the text then still goes to the terminal")
	set.BoolVarP(&f.verbose, "verbose", "v", false, "name the cases that pass, too")
	set.BoolVar(&f.failFast, "fail-fast", false, "end after the first case that fails")
	set.Uint64Var(&f.seed, "seed", 1, "what random values follow from")
	set.DurationVar(&f.timeout, "timeout", 10*time.Second, "how long one case may take")
	set.StringArrayVarP(&f.defines, "define", "A", nil, "preprocessor define for the configurations, `NAME[=VALUE]`; may be repeated")
	set.BoolVar(&f.coverage, "coverage", false, "show which lines of the scripts have run")
	set.StringVar(&f.lcov, "lcov", "", "write the coverage to this `FILE` in the form of lcov")
	set.StringVar(&f.annotate, "annotate", "", "write copies of the scripts with the number of runs of each line to this `FOLDER`")
	set.StringVar(&f.colour, "color", "auto", "`when` to use colours: auto, always, never")
}

func (f *testFlags) test(out io.Writer, args []string) error {
	if f.json {
		f.format = "json"
	}
	if !slices.Contains(luatest.Formats(), f.format) {
		return fmt.Errorf("no format %q: there are %s", f.format, strings.Join(luatest.Formats(), ", "))
	}
	if !slices.Contains(colours, f.colour) {
		return fmt.Errorf("--color %q: write %s", f.colour, strings.Join(colours, ", "))
	}
	o, err := f.options(args)
	if err != nil {
		return err
	}
	person := &luatest.Printer{W: out, Colour: f.coloured(out), Verbose: f.verbose}
	forPeople := f.format == "text" || f.output != ""
	if forPeople {
		o.Each = person.Each
	}
	report, err := luatest.Run(o)
	if err != nil {
		return err
	}
	if forPeople {
		person.End(report)
	}
	if err := f.write(out, person, report); err != nil {
		return err
	}
	if n := report.Count(luatest.Failed); n > 0 {
		return fmt.Errorf("failed cases: %d of %d", n, len(report.Results))
	}
	return nil
}

// options reads the flags and finds the files.
func (f *testFlags) options(args []string) (o luatest.Options, err error) {
	o = luatest.Options{
		Modules: modules.All(), Always: modules.Always(), Version: version, Stock: defaultConfig,
		Seed: f.seed, Defines: f.defines, Timeout: f.timeout, FailFast: f.failFast,
		Coverage: f.coverage || f.lcov != "" || f.annotate != "",
	}
	if o.Run, err = regexp.Compile(f.run); err != nil {
		return o, fmt.Errorf("--run: %w", err)
	}
	o.Files, err = testFiles(args)
	return o, err
}

// testFiles are the files that were named, and those in folders that are tests by their name.
func testFiles(args []string) (files []string, err error) {
	if len(args) == 0 {
		args = []string{"."}
	}
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, arg)
			continue
		}
		err = filepath.WalkDir(arg, func(path string, d fs.DirEntry, err error) error {
			if name := filepath.Base(path); err == nil && !d.IsDir() && (name == "test.lua" || strings.HasSuffix(name, "_test.lua")) {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no tests in %s: their names are test.lua or end in _test.lua", strings.Join(args, ", "))
	}
	return files, nil
}

// colours are the values of --color.
var colours = []string{"auto", "always", "never"}

func (f *testFlags) coloured(out io.Writer) bool {
	file, ok := out.(*os.File)
	return f.colour == "always" || f.colour != "never" && ok && isTerminal(file) && os.Getenv("NO_COLOR") == ""
}

// write writes the report and the coverage to where they were asked for.
func (f *testFlags) write(out io.Writer, person *luatest.Printer, report *luatest.Report) error {
	if err := f.writeReport(out, report); err != nil {
		return err
	}
	if f.coverage && f.format == "text" {
		luatest.WriteCoverage(person.W, report.Coverage)
	}
	if f.lcov != "" {
		err := toFile(f.lcov, func(w io.Writer) error { return luatest.WriteLCOV(w, report.Coverage) })
		if err != nil {
			return err
		}
	}
	if f.annotate != "" {
		return luatest.Annotate(f.annotate, report.Coverage)
	}
	return nil
}

func (f *testFlags) writeReport(out io.Writer, report *luatest.Report) error {
	write := func(w io.Writer) error { return luatest.Write(w, f.format, report) }
	switch {
	case f.format == "text" && f.output == "":
		return nil
	case f.format == "text":
		write = func(w io.Writer) error {
			p := &luatest.Printer{W: w, Verbose: true}
			for _, x := range report.Results {
				p.Each(x)
			}
			p.End(report)
			return nil
		}
	}
	if f.output == "" {
		return write(out)
	}
	return toFile(f.output, write)
}

func toFile(path string, write func(io.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := write(file); err != nil {
		_ = file.Close()
		return err
	}
	return file.Close()
}

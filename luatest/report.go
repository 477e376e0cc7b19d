package luatest

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// formats are the forms that Write knows.
var formats = map[string]func(io.Writer, *Report) error{"tap": writeTAP, "junit": writeJUnit, "json": writeJSON}

// Formats are the names that Write takes.
func Formats() []string { return []string{"text", "tap", "junit", "json"} }

// Write writes a report for a program that reads it: "tap", "junit" or "json".
func Write(w io.Writer, format string, r *Report) error {
	write := formats[format]
	if write == nil {
		return fmt.Errorf("luatest: no format %q: there are %s", format, strings.Join(Formats(), ", "))
	}
	return write(w, r)
}

// writeTAP writes the Test Anything Protocol, version 13.
func writeTAP(w io.Writer, r *Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "TAP version 13\n1..%d\n", len(r.Results))
	for i, x := range r.Results {
		switch x.Outcome {
		case Passed:
			fmt.Fprintf(&b, "ok %d - %s: %s\n", i+1, x.File, tapName(x.Name))
		case Skipped:
			fmt.Fprintf(&b, "ok %d - %s: %s # SKIP %s\n", i+1, x.File, tapName(x.Name), x.Reason)
		default:
			fmt.Fprintf(&b, "not ok %d - %s: %s\n  ---\n  message: %q\n  at: %q\n  detail: |\n%s  ...\n",
				i+1, x.File, tapName(x.Name), x.Reason, x.Where, indented(x.Detail, "    "))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// tapName keeps a name from being read as a directive.
func tapName(name string) string { return strings.ReplaceAll(name, "#", `\#`) }

func indented(text, by string) string {
	if text == "" {
		return ""
	}
	return by + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+by) + "\n"
}

// The elements of JUnit's form, as continuous integration reads it.
type (
	junitSuites struct {
		XMLName xml.Name     `xml:"testsuites"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		File    string        `xml:"file,attr"`
		Line    int           `xml:"line,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitMessage `xml:"failure"`
		Skipped *junitMessage `xml:"skipped"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

func writeJUnit(w io.Writer, r *Report) error {
	var all junitSuites
	for _, x := range r.Results {
		if n := len(all.Suites); n == 0 || all.Suites[n-1].Name != x.File {
			all.Suites = append(all.Suites, junitSuite{Name: x.File})
		}
		all.Suites[len(all.Suites)-1].add(x)
	}
	data, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, xml.Header+string(data)+"\n")
	return err
}

func (s *junitSuite) add(x *Result) {
	c := junitCase{Class: strings.TrimSuffix(x.File, ".lua"), Name: x.Name, File: x.File, Line: x.Line, Time: seconds(x.Duration)}
	s.Tests++
	switch x.Outcome {
	case Failed:
		s.Failures++
		c.Failure = &junitMessage{x.Reason, strings.TrimSpace(x.Where + "\n" + x.Detail)}
	case Skipped:
		s.Skipped++
		c.Skipped = &junitMessage{Message: x.Reason}
	}
	s.Cases = append(s.Cases, c)
	s.Time = seconds(s.total())
}

func (s *junitSuite) total() (d time.Duration) {
	for _, c := range s.Cases {
		one, _ := time.ParseDuration(c.Time + "s")
		d += one
	}
	return d
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.6f", d.Seconds()) }

func writeJSON(w io.Writer, r *Report) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

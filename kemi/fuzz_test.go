package kemi_test

import (
	"testing"

	"github.com/moonroute/moonroute/kemi"
	"github.com/moonroute/moonroute/modules"
)

// printsItself fails unless a variable that is printed and read again is the same one.
func printsItself(t *testing.T, r *kemi.Registry, text string) {
	t.Helper()
	v := r.FindVar(text)
	if v == nil {
		return
	}
	printed := kemi.PrintVariable(v)
	again := r.FindVar(printed)
	if again == nil {
		t.Fatalf("%q printed as %q, which is no variable", text, printed)
	}
	if twice := kemi.PrintVariable(again); twice != printed || again.Name() != v.Name() {
		t.Fatalf("%q printed as %q, and that as %q", text, printed, twice)
	}
}

func registry(f *testing.F) *kemi.Registry {
	f.Helper()
	r, err := kemi.NewRegistry(modules.All()...)
	if err != nil {
		f.Fatal(err)
	}
	return r
}

// FuzzVariableSyntax reads any text as a variable.
func FuzzVariableSyntax(f *testing.F) {
	for _, seed := range []string{
		"$ru", "$$", "$(hdr(X-Custom)[-1])", "$(avp(a)[*])", "$(avp(i:1)[$var(i)])", "$hdr($var(x))", "$_s(a $rU $_s($ci))",
		"$xavp(a[$var(i)]=>b[*])", "$sel(via[1].params.i)", "$sht(a=>$ci)", "$timef(%Y $ci)", "$(ru{uri.host}{s.substr,0,$var(i)})",
	} {
		f.Add(seed)
	}
	r := registry(f)
	f.Fuzz(func(t *testing.T, text string) { printsItself(t, r, text) })
}

// FuzzTransformationSyntax reads any text as the transformations of a variable.
func FuzzTransformationSyntax(f *testing.F) {
	for _, seed := range []string{
		"{s.len}", "{s.select,1,,}", "{s.substr,-3,$var(i)}", "{s.strip, 2 }{s.trim}", "{param.value,a,;}", "{re.subst,/a{2}/b/g}",
		"{s.replace,a, b c}", "{uri.param,$(var(x){s.len})}", "{line.sw,m=}", "{s.count, }", "{s.before,,}",
	} {
		f.Add(seed)
	}
	r := registry(f)
	f.Fuzz(func(t *testing.T, text string) { printsItself(t, r, "$(var(s)"+text+")") })
}

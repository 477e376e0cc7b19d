package htable

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

// definition is what a htable parameter says of a table.
type definition struct {
	name         string
	slots        int // of the incumbent's table; shown in statistics only
	autoExpire   int64
	updateExpire bool
	initval      kemi.Value
	dbTable      string
	dbMode       int
	cols         []string // columns of the key and of the values; none: those of the module
	null         string   // stands for a column without a value
	delimiter    string   // between the values of several columns
	replicate    bool
}

// Bounds of the size attribute, which is the logarithm of the number of slots.
const (
	minSize = 2
	maxSize = 31
)

// parseDefinition reads "name=>size=8;autoexpire=300;initval=0".
func parseDefinition(text string) (definition, error) {
	name, attributes, found := strings.Cut(text, "=>")
	d := definition{name: strings.TrimSpace(name), slots: 1 << 8, updateExpire: true, null: "*", delimiter: ","}
	if !found || d.name == "" {
		return d, fmt.Errorf("%q: want NAME=>size=8;autoexpire=300;initval=0", text)
	}
	for attribute := range strings.SplitSeq(attributes, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(attribute), "=")
		if key == "" {
			continue
		}
		set := definitionAttributes[key]
		if set == nil {
			return d, fmt.Errorf("table %s: unknown attribute %q", d.name, key)
		}
		if err := set(&d, value); err != nil {
			return d, fmt.Errorf("table %s: attribute %s: %w", d.name, key, err)
		}
	}
	return d, nil
}

// definitionAttributes read the attributes of a table by name.
var definitionAttributes = map[string]func(d *definition, value string) error{
	"size":         (*definition).setSize,
	"autoexpire":   func(d *definition, v string) (err error) { d.autoExpire, err = number(v); return err },
	"initval":      func(d *definition, v string) error { d.initval = initial(v); return nil },
	"updateexpire": func(d *definition, v string) (err error) { d.updateExpire, err = truth(v); return err },
	"dmqreplicate": func(d *definition, v string) (err error) { d.replicate, err = truth(v); return err },
	"dbtable":      func(d *definition, v string) error { d.dbTable = v; return nil },
	"dbmode":       func(d *definition, v string) error { n, err := number(v); d.dbMode = int(n); return err },
	"cols":         (*definition).setCols,
	"colnull":      func(d *definition, v string) error { d.null = unquoted(v); return nil },
	"coldelim":     func(d *definition, v string) error { d.delimiter = unquoted(v); return nil },
}

// setSize takes what is too small or too large as the nearest bound.
func (d *definition) setSize(v string) error {
	n, err := number(v)
	d.slots = 1 << min(max(n, minSize), maxSize)
	return err
}

// setCols takes at least a key and a value.
func (d *definition) setCols(v string) error {
	for name := range strings.SplitSeq(unquoted(v), ",") {
		d.cols = append(d.cols, strings.TrimSpace(name))
	}
	if len(d.cols) < 2 {
		return fmt.Errorf("%q: want 'key,value' or more columns", v)
	}
	return nil
}

// unquoted takes the single quotes off that a text with signs of the syntax needs.
func unquoted(v string) string {
	if inner, ok := strings.CutPrefix(v, "'"); ok {
		return strings.TrimSuffix(inner, "'")
	}
	return v
}

// initial is a number if the text is one.
func initial(v string) kemi.Value {
	if n, err := strconv.ParseInt(v, 10, 64); err == nil {
		return kemi.Int64(n)
	}
	return kemi.Str(v)
}

func number(v string) (int64, error) {
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q is not a number", v)
	}
	return n, nil
}

func truth(v string) (bool, error) {
	n, err := number(v)
	return n != 0, err
}

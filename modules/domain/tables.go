package domain

import (
	"cmp"
	"slices"
	"strings"

	"github.com/moonroute/moonroute/core/hash"
	"github.com/moonroute/moonroute/core/route"
)

// tables is the content of both tables. It does not change.
type tables struct {
	domains    []domain               // in the order of the table
	byName     map[string]*domain     // in lower case; the newest of several counts
	attributes map[string][]attribute // by did in lower case, the newest first
	owners     []string               // the dids of the attributes in the order of their first rows
}

// domain is one local domain.
type domain struct{ name, did string }

// attribute is what is known of a domain, as an AVP.
type attribute struct {
	name  string
	value route.Value
}

func (t *tables) find(name string) *domain { return t.byName[strings.ToLower(name)] }

// of are the attributes of a did, in any case.
func (t *tables) of(did string) []attribute { return t.attributes[strings.ToLower(did)] }

func (t *tables) addAttribute(did string, a attribute) {
	list := t.of(did)
	if len(list) == 0 {
		t.owners = append(t.owners, did)
	}
	t.attributes[strings.ToLower(did)] = append(list, a)
}

// finish makes the index.
func (t *tables) finish() {
	for _, list := range t.attributes {
		slices.Reverse(list)
	}
	t.byName = make(map[string]*domain, len(t.domains))
	for i := range t.domains {
		d := &t.domains[i]
		t.byName[strings.ToLower(d.name)] = d
	}
}

// buckets is the size of the incumbent's table: dumps are in its order, the newest first within a bucket.
const buckets = 128

func (t *tables) inOrder() []domain {
	list := slices.Clone(t.domains)
	slices.Reverse(list)
	slices.SortStableFunc(list, func(a, b domain) int { return cmp.Compare(bucket(a.name), bucket(b.name)) })
	return list
}

func bucket(name string) int { return hash.Bucket(strings.ToLower(name), buckets) }

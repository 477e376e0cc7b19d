package permissions

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/moonroute/moonroute/core/db"
)

// addressBuilder collects the entries of a table or file.
type addressBuilder struct {
	addresses
	list  []network
	count int // of records
	room  int // for further networks
	left  int // networks that found no room
}

func newAddressBuilder(maxSubnets int) *addressBuilder {
	return &addressBuilder{addresses: addresses{hosts: map[netip.Addr][]entry{}, names: map[string][]entry{}}, room: maxSubnets}
}

// record is one row of the table or line of the file. The mask 0 means the whole address.
type record struct {
	entry
	address string
	mask    int
}

// add puts a record where it belongs: what is no address is a name.
func (b *addressBuilder) add(r record) error {
	b.count++
	r.order = b.count
	ip, ok := parseIP(r.address)
	if !ok {
		name := strings.Clone(r.address)
		b.names[name] = append(b.names[name], r.entry)
		return nil
	}
	if r.mask < 0 || r.mask > ip.BitLen() {
		return fmt.Errorf("mask %d of %s: want 0 to %d", r.mask, r.address, ip.BitLen())
	}
	if r.mask == 0 || r.mask == ip.BitLen() {
		b.hosts[ip] = append(b.hosts[ip], r.entry)
		return nil
	}
	if b.room <= 0 {
		b.left++
		return nil
	}
	b.room--
	b.list = append(b.list, network{r.entry, ip, r.mask})
	return nil
}

func (b *addressBuilder) finish() *addresses {
	b.networks.build(b.list)
	return &b.addresses
}

var (
	errNull  = errors.New("NULL in the column of the group, address, mask or port")
	errGroup = errors.New("a group is 1 or more")
)

// readAddressTable reads the table. One wrong row refuses all.
func (s *state) readAddressTable(ctx context.Context, b *addressBuilder) error {
	columns := []string{s.address.group, s.address.ip, s.address.mask, s.address.port, s.trustedColumns.tag}
	n := 0
	return s.db.Each(ctx, db.Query{Table: s.addressTable, Columns: columns}, func(row db.Row) error {
		n++
		if err := addRow(b, row); err != nil {
			return fmt.Errorf("table %s, row %d: %w", s.addressTable, n, err)
		}
		return nil
	})
}

func addRow(b *addressBuilder, row db.Row) error {
	if row.IsNull(0) || row.IsNull(1) || row.IsNull(2) || row.IsNull(3) {
		return errNull
	}
	r := record{
		entry:   entry{group: int(int32(row.Int(0))), port: int(int32(row.Int(3))), tag: column(row, 4)},
		address: row.Str(1), mask: int(row.Int(2)),
	}
	if r.group <= 0 {
		return fmt.Errorf("group %d of %s: %w", r.group, r.address, errGroup)
	}
	return b.add(r)
}

// column is a column that may be NULL.
func column(row db.Row, i int) optional { return optional{row.Str(i), !row.IsNull(i)} }

package locdb

import "github.com/moonroute/moonroute/core/location"

// ExpireAround is Expire of one batch, with something that happens after it has been read.
func (t *Table) ExpireAround(now int64, between func()) error {
	rows, err := t.expiredRows(now)
	if err != nil {
		return err
	}
	between()
	return t.expireRows(rows, now, func(location.Contact) {})
}

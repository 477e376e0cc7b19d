package schema

import (
	"context"
	"fmt"
	"strings"

	"github.com/moonroute/moonroute/core/db"
)

// CreateDatabase makes the database itself on a MySQL server that has none with the URL's
// name, if the account may do that. An SQLite file needs nothing of the kind: opening it
// makes it. It tells whether it made one, and blocks.
func CreateDatabase(ctx context.Context, url string, o db.Options) (bool, error) {
	u, err := db.ParseURL(url)
	if err != nil || u.Driver != "mysql" {
		return false, err
	}
	// Every account may use this one, which tells about the others.
	d, err := db.Open(strings.TrimSuffix(url, u.Name)+"information_schema", o)
	if err != nil {
		return false, err
	}
	defer d.Close()
	there, err := d.Read(ctx, "SELECT schema_name FROM schemata WHERE schema_name = ?", u.Name)
	if err != nil || len(there.Rows) > 0 {
		return false, err
	}
	name := languages(u.Driver).name(strings.ReplaceAll(u.Name, "`", "``"))
	if err := d.Write(db.Exec("CREATE DATABASE " + name)); err != nil {
		return false, fmt.Errorf("schema: %w\nan administrator of the server makes it with: CREATE DATABASE %s; GRANT ALL ON %s.* TO '%s'@'%%'", err, name, name, u.User)
	}
	return true, nil
}

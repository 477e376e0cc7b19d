// Package schema holds the tables of Kamailio 5.6 as data: names, columns, types, defaults,
// keys, indexes and the version numbers that modules check. From it one generator writes
// the statements for MySQL and for SQLite, so that a database made here and one made by
// kamdbctl are the same to every module.
//
// The test of a module makes the tables it needs in an empty database:
//
//	func TestMain(m *testing.M) { dbtest.Main(m) }
//
//	func TestStores(t *testing.T) {
//		dbtest.Each(t, func(t *testing.T, url string) {
//			d := dbtest.Tables(t, url, "subscriber", "grp")
//			// fill them with d.Write, then start the module with modparam db_url set to url
//		})
//	}
//
// A name is a table's, or that of a group of tables, which is called as the module that uses
// them: "acc" is acc, acc_cdrs and missed_calls.
package schema

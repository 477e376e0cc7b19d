package permissions

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/moonroute/moonroute/kemi"
)

// The versions of the tables.
const (
	addressVersion = 6
	trustedVersion = 6
)

var (
	errNoBackend = errors.New("load_backends: nothing is to be loaded; set it to a sum of 1 (addresses), 2 (trusted), 4 (allow file) and 8 (deny file)")
	errTag       = errors.New("want an AVP with a fixed name, such as $avp(peer)")
)

// Start loads what load_backends names. It blocks until the database answers.
func (s *state) Start(server *kemi.Server) error {
	s.server = server
	if s.backends&loadAny == 0 {
		return errNoBackend
	}
	if err := s.compileTag(); err != nil {
		return err
	}
	s.startFiles()
	if s.dbURL != "" {
		var err error
		if s.db, err = server.DB(s.dbURL); err != nil {
			return fmt.Errorf("db_url: %w", err)
		}
	}
	return errors.Join(s.startAddresses(), s.startTrusted())
}

func (s *state) compileTag() (err error) {
	if s.tagVariable == "" {
		return nil
	}
	if s.tag, err = s.server.Registry.Var(s.tagVariable); err != nil {
		return fmt.Errorf("peer_tag_avp: %w", err)
	}
	if s.tag.Name() != "avp" || strings.Count(s.tagVariable, "$") != 1 {
		return fmt.Errorf("peer_tag_avp: %s: %w", s.tagVariable, errTag)
	}
	return nil
}

func (s *state) startFiles() {
	if s.backends&loadAllow != 0 {
		s.allow = s.readRules(s.path(s.allowFile))
	}
	if s.backends&loadDeny != 0 {
		s.deny = s.readRules(s.path(s.denyFile))
	}
}

// path is a file's name beside the configuration file, if it has no directory of its own.
func (s *state) path(name string) string {
	if strings.ContainsRune(name, '/') {
		return name
	}
	return filepath.Join(filepath.Dir(s.server.Config.Path), name)
}

func (s *state) startAddresses() error {
	if s.backends&loadAddresses == 0 || s.db == nil && s.addressFile == "" {
		return nil
	}
	ctx := context.Background()
	if s.addressFile == "" {
		if err := s.db.CheckVersion(ctx, s.addressTable, addressVersion); err != nil {
			return err
		}
	}
	return s.reloadAddresses(ctx)
}

func (s *state) startTrusted() error {
	if s.backends&loadTrusted == 0 || s.db == nil {
		return nil
	}
	ctx := context.Background()
	if err := s.db.CheckVersion(ctx, s.trustedTable, trustedVersion); err != nil {
		return err
	}
	if s.dbMode == 0 {
		return nil
	}
	return s.reloadTrusted(ctx)
}

var (
	errNoAddresses = errors.New("no addresses are used: set address_file, or db_url, and load_backends")
	errNotCached   = errors.New("the trusted table is not cached: set db_url, db_mode to 1, and load_backends")
)

// reloadAddresses reads the addresses anew and puts them in the place of the old ones, if all went well.
func (s *state) reloadAddresses(ctx context.Context) error {
	b := newAddressBuilder(s.maxSubnets)
	var err error
	switch {
	case s.backends&loadAddresses == 0:
		return errNoAddresses
	case s.addressFile != "":
		err = s.readAddressFile(b)
	case s.db != nil:
		err = s.readAddressTable(ctx, b)
	default:
		return errNoAddresses
	}
	if err != nil {
		return err
	}
	if b.left > 0 {
		s.server.Log.Error("permissions", fmt.Sprintf("%d networks are left out: max_subnets is %d", b.left, s.maxSubnets))
	}
	s.addresses.Store(b.finish())
	return nil
}

// reloadTrusted does the same with the trusted peers.
func (s *state) reloadTrusted(ctx context.Context) error {
	if s.backends&loadTrusted == 0 || s.db == nil || s.dbMode == 0 {
		return errNotCached
	}
	t, err := s.readTrusted(ctx)
	if err != nil {
		return err
	}
	s.trusted.Store(t)
	return nil
}

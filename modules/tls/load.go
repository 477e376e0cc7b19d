package tls

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// load makes the rules of all profiles, or none: an error names the profile.
func (s *state) load() (*rules, error) {
	list, err := s.profiles()
	if err != nil {
		return nil, err
	}
	r := new(rules)
	for _, p := range list {
		ready, err := s.build(p)
		if err == nil {
			err = r.add(ready)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.where, err)
		}
		if p.versions.old() {
			s.server.Log.Warning("tls", p.where+": the method allows versions before TLS 1.2, which are not safe any more (RFC 8996)")
		}
	}
	if r.client == nil {
		r.client, err = s.build(&settings{role: client, depth: defaultDepth})
	}
	return r, err
}

// profiles are those of the file, or the two that the module parameters make.
func (s *state) profiles() ([]*settings, error) {
	config := s.profilesFile()
	if config == "" {
		forServer, forClient := s.base, s.base
		forClient.role = client
		forServer.where, forClient.where = "module parameters", "module parameters"
		return []*settings{&forServer, &forClient}, nil
	}
	path := s.path(config)
	files := []string{path}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		files, _ = filepath.Glob(filepath.Join(path, "*.cfg")) // in the order of their names
	}
	var list []*settings
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("profiles: %w", err)
		}
		more, err := parseFile(file, string(text))
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// path is a file's: below the configuration file's folder, unless it begins with a slash or a point.
func (s *state) path(name string) string {
	if strings.HasPrefix(name, "/") || strings.HasPrefix(name, ".") {
		return name
	}
	return filepath.Join(filepath.Dir(s.server.Config.Path), name)
}

// build reads a profile's files.
func (s *state) build(p *settings) (*profile, error) {
	out := &profile{settings: p, config: &tls.Config{
		MinVersion: p.versions.least, MaxVersion: p.versions.most,
		SessionTicketsDisabled:      s.sessions == 0,
		DynamicRecordSizingDisabled: true, // a SIP message is one record
	}}
	if p.versions.least == 0 {
		out.config.MinVersion = tls.VersionTLS12
	}
	out.peer, out.named = peerRuleOf(p)
	for _, step := range []func(*profile) error{s.loadCertificate, s.loadAuthorities, s.loadRevoked, loadCiphers, ticketKeys} {
		if err := step(out); err != nil {
			return nil, err
		}
	}
	if p.role == client {
		out.config.InsecureSkipVerify = true // session.check does that
		return out, nil
	}
	switch out.peer {
	case peerAsked, peerOptional:
		out.config.ClientAuth = tls.RequestClientCert
	case peerRequired:
		out.config.ClientAuth = tls.RequireAnyClientCert
	}
	return out, nil
}

func (s *state) loadCertificate(p *profile) error {
	cert, key := p.cert, p.key
	if cert == "" && key == "" && p.role == client {
		return nil
	}
	if cert == "" {
		cert = "cert.pem"
	}
	if key == "" {
		key = cert
	}
	if strings.HasPrefix(key, "/engine:") || strings.HasPrefix(key, "/uri:") {
		return fmt.Errorf("private_key %s: there are no OpenSSL engines here; give the file of a key", key)
	}
	pair, err := tls.LoadX509KeyPair(s.path(cert), s.path(key))
	if err != nil {
		return fmt.Errorf("certificate %s with key %s: %w", cert, key, err)
	}
	p.config.Certificates, p.leaf = []tls.Certificate{pair}, pair.Leaf
	return nil
}

// loadAuthorities reads ca_list and ca_path. Without them a client trusts the machine's authorities and a
// server none.
func (s *state) loadAuthorities(p *profile) error {
	var files []string
	if p.caList != "" {
		files = append(files, s.path(p.caList))
	}
	if p.caPath != "" {
		more, err := filesIn(s.path(p.caPath))
		if err != nil {
			return fmt.Errorf("ca_path: %w", err)
		}
		files = append(files, more...)
	}
	if len(files) == 0 && p.role == client {
		return nil
	}
	p.roots = x509.NewCertPool()
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("authorities: %w", err)
		}
		if !p.roots.AppendCertsFromPEM(data) {
			return fmt.Errorf("authorities: %s has no certificate", file)
		}
	}
	if p.caList != "" {
		p.config.ClientCAs = p.roots
	}
	return nil
}

func filesIn(dir string) (files []string, err error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if path := filepath.Join(dir, e.Name()); isCertificates(path) {
			files = append(files, path)
		}
	}
	return files, err
}

func isCertificates(path string) bool {
	data, err := os.ReadFile(path)
	block, _ := pem.Decode(data)
	return err == nil && block != nil && block.Type == "CERTIFICATE"
}

func (s *state) loadRevoked(p *profile) error {
	if p.crl == "" {
		return nil
	}
	data, err := os.ReadFile(s.path(p.crl))
	if err != nil {
		return fmt.Errorf("crl: %w", err)
	}
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		list, err := x509.ParseRevocationList(block.Bytes)
		if err != nil {
			return fmt.Errorf("crl %s: %w", p.crl, err)
		}
		p.lists = append(p.lists, list)
	}
	if len(p.lists) == 0 {
		return errors.New("crl " + p.crl + ": there is no list in it")
	}
	return nil
}

// ticketKeys gives sessions that may be resumed one key for all connections of the profile.
func ticketKeys(p *profile) error {
	var key [32]byte
	if _, err := rand.Read(key[:]); err != nil {
		return err
	}
	p.config.SetSessionTicketKeys([][32]byte{key})
	return nil
}

func loadCiphers(p *profile) (err error) {
	if p.ciphers != "" {
		p.config.CipherSuites, err = parseCiphers(p.ciphers)
	}
	return err
}

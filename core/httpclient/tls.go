package httpclient

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
)

// TLS are the settings of https. The zero value verifies the server's certificate and its name.
type TLS struct {
	CAFile            string // PEM; empty: the system's
	CertFile, KeyFile string // PEM of the client's own certificate; empty: none. The key may stand in CertFile
	Ciphers           string // names of OpenSSL or IANA for TLS 1.2, with colons between; empty: the safe ones
	MinVersion        uint16 // 0: TLS 1.2
	SkipChain         bool   // take any certificate: a name that nobody vouches for says nothing
	SkipName          bool   // take a certificate of any name
}

// ErrCipher says that a cipher suite has no known, safe name.
var ErrCipher = errors.New("httpclient: cipher suite")

func (t *TLS) config() (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: max(t.MinVersion, tls.VersionTLS12)}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("httpclient: CA file: %w", err)
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("httpclient: CA file %s holds no certificate", t.CAFile)
		}
	}
	if t.CertFile != "" {
		key := t.KeyFile
		if key == "" {
			key = t.CertFile
		}
		pair, err := tls.LoadX509KeyPair(t.CertFile, key)
		if err != nil {
			return nil, fmt.Errorf("httpclient: client certificate: %w", err)
		}
		cfg.Certificates = []tls.Certificate{pair}
	}
	var err error
	if cfg.CipherSuites, err = ciphers(t.Ciphers); err != nil {
		return nil, err
	}
	t.loosen(cfg)
	return cfg, nil
}

// loosen takes away checks that the options turn off.
func (t *TLS) loosen(cfg *tls.Config) {
	cfg.InsecureSkipVerify = t.SkipChain || t.SkipName
	if !t.SkipChain && t.SkipName {
		roots := cfg.RootCAs
		cfg.VerifyConnection = func(s tls.ConnectionState) error { return verifyChain(s.PeerCertificates, roots) }
	}
}

// verifyChain checks a certificate but not its name.
func verifyChain(chain []*x509.Certificate, roots *x509.CertPool) error {
	o := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
	for _, c := range chain[1:] {
		o.Intermediates.AddCert(c)
	}
	_, err := chain[0].Verify(o)
	return err
}

// ciphers finds the suites of a list.
func ciphers(list string) (ids []uint16, err error) {
	for name := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ':' || r == ',' || r == ' ' }) {
		id, ok := cipherID(name)
		if !ok {
			return nil, fmt.Errorf("%w %q is not one of the safe ones", ErrCipher, name)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func cipherID(name string) (uint16, bool) {
	for _, s := range tls.CipherSuites() {
		if strings.EqualFold(name, s.Name) || strings.EqualFold(name, opensslName(s.Name)) {
			return s.ID, true
		}
	}
	return 0, false
}

// opensslName is what OpenSSL calls a suite: ECDHE-RSA-AES128-GCM-SHA256.
func opensslName(iana string) string {
	r := strings.NewReplacer("TLS_", "", "_WITH_", "-", "AES_128", "AES128", "AES_256", "AES256", "CBC_", "", "POLY1305_SHA256", "POLY1305", "_", "-")
	return r.Replace(iana)
}

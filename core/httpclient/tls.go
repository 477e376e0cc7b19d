package httpclient

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// TLS are the settings of https. The zero value verifies the server's certificate and its name.
type TLS struct {
	CAFile            string // PEM; empty: the system's
	CADir             string // folder of PEM files, or one such file, that count beside the system's or those of CAFile
	CertFile, KeyFile string // PEM of the client's own certificate; empty: none. The key may stand in CertFile
	Ciphers           string // names of OpenSSL or IANA for TLS 1.2, with colons between; empty: the safe ones
	MinVersion        uint16 // 0: TLS 1.2
	SkipChain         bool   // take any certificate: a name that nobody vouches for says nothing
	SkipName          bool   // take a certificate of any name
}

// MinVersion is the version that a number of libcurl's CURLOPT_SSLVERSION stands for; older ones than TLS 1.2 are not spoken.
func MinVersion(number int) uint16 {
	const tls13 = 7
	if number == tls13 {
		return tls.VersionTLS13
	}
	return tls.VersionTLS12
}

// ErrCipher says that a cipher suite has no known, safe name.
var ErrCipher = errors.New("httpclient: cipher suite")

// Files that cannot be used.
var (
	errAuthorities = errors.New("httpclient: CA file")
	errOwnCert     = errors.New("httpclient: client certificate")
)

func (t *TLS) config() (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: max(t.MinVersion, tls.VersionTLS12)}
	var err error
	if cfg.RootCAs, err = t.roots(); err != nil {
		return nil, err
	}
	if t.CertFile != "" {
		key := t.KeyFile
		if key == "" {
			key = t.CertFile
		}
		pair, err := tls.LoadX509KeyPair(t.CertFile, key)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errOwnCert, err)
		}
		cfg.Certificates = []tls.Certificate{pair}
	}
	if cfg.CipherSuites, err = ciphers(t.Ciphers); err != nil {
		return nil, err
	}
	t.loosen(cfg)
	return cfg, nil
}

// roots are the authorities to trust; nil: the system's.
func (t *TLS) roots() (roots *x509.CertPool, err error) {
	if t.CAFile != "" {
		roots = x509.NewCertPool()
		if err := addRoots(roots, t.CAFile); err != nil {
			return nil, err
		}
	}
	if t.CADir == "" {
		return roots, nil
	}
	if roots == nil {
		if roots, err = x509.SystemCertPool(); err != nil {
			roots = x509.NewCertPool() // the system has none
		}
	}
	return roots, addDir(roots, t.CADir)
}

func addRoots(roots *x509.CertPool, file string) error {
	pem, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("%w: %w", errAuthorities, err)
	}
	if !roots.AppendCertsFromPEM(pem) {
		return fmt.Errorf("%w: %s holds no certificate", errAuthorities, file)
	}
	return nil
}

// addDir takes what certificates there are in the files of a folder.
func addDir(roots *x509.CertPool, path string) error {
	files, err := os.ReadDir(path)
	if errors.Is(err, syscall.ENOTDIR) {
		return addRoots(roots, path)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errAuthorities, err)
	}
	for _, f := range files {
		if pem, err := os.ReadFile(filepath.Join(path, f.Name())); err == nil {
			roots.AppendCertsFromPEM(pem)
		}
	}
	return nil
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

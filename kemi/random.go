package kemi

import (
	"crypto/rand"
	"encoding/binary"
	"io"
	mrand "math/rand/v2"
	"sync"
)

// Random is a source of random bytes, for any goroutine: the machine's, or with a seed one
// that gives the same each time.
func (s *Server) Random() io.Reader {
	if s.Seed == 0 {
		return rand.Reader
	}
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], s.Seed)
	return &seeded{source: mrand.NewChaCha8(key)}
}

type seeded struct {
	mu     sync.Mutex
	source *mrand.ChaCha8
}

// Read implements io.Reader.
func (s *seeded) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.source.Read(p)
}

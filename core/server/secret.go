package server

import (
	"crypto/rand"
	"encoding/hex"
	"hash/fnv"
	"hash/maphash"
	mrand "math/rand/v2"
	"strconv"
)

// secret makes what peers must not foresee: the hashes of Call-IDs, which choose shards, and
// the tags and branches of stateless messages. With a seed all of it can be repeated.
type secret struct {
	fixed   uint64 // Options.Seed; 0: none
	seed    maphash.Seed
	tagBase string // To tags of stateless replies begin with it
}

func newSecret(fixed uint64) secret {
	if fixed != 0 {
		return secret{fixed: fixed, tagBase: strconv.FormatUint(fixed, 16) + "-"}
	}
	var b [12]byte
	_, _ = rand.Read(b[:])
	return secret{seed: maphash.MakeSeed(), tagBase: hex.EncodeToString(b[:]) + "-"}
}

// sum is the hash of a few texts.
func (s *secret) sum(parts ...string) uint64 {
	if s.fixed != 0 {
		return s.repeatable(parts)
	}
	if len(parts) == 1 {
		return maphash.String(s.seed, parts[0])
	}
	var h maphash.Hash
	h.SetSeed(s.seed)
	for _, p := range parts {
		_, _ = h.WriteString(p)
	}
	return h.Sum64()
}

func (s *secret) repeatable(parts []string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(strconv.AppendUint(nil, s.fixed, 16))
	for _, p := range parts {
		_, _ = h.Write([]byte(p))
	}
	return h.Sum64()
}

// random is a source of random bits for one shard; nil stands for the runtime's.
func (s *secret) random(shard int) func() uint32 {
	if s.fixed == 0 {
		return nil
	}
	return mrand.New(mrand.NewPCG(s.fixed, uint64(shard))).Uint32
}

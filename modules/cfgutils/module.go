// Package cfgutils has small helpers for scripts: chance, waiting, locks by name, hashes, and views of memory.
package cfgutils

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync/atomic"

	"github.com/moonroute/moonroute/core/keylock"
	"github.com/moonroute/moonroute/kemi"
)

// Module is the cfgutils module.
var Module = kemi.Define(kemi.Spec[state]{
	Name: "cfgutils",
	Doc:  "Chance, waiting, locks by name, hashes, flags that all calls share, and a fingerprint of a configuration file.",
	New:  func() *state { return &state{random: rand.Int32, stopping: make(chan struct{})} },
	Params: kemi.Params[state]{
		kemi.IntParam("initial_probability", 10, func(s *state) *int { return &s.initialProbability }, "chance of rand_event in percent, at the start and after rand_reset_prob").Within(0, 100),
		kemi.IntParam("initial_gflags", 0, func(s *state) *int { return &s.initialFlags }, "global flags at the start"),
		kemi.StrParam("hash_file", "", func(s *state) *string { return &s.hashFile }, "file that cfgutils.check_config_hash compares with what it was at the start"),
		kemi.IntParam("lock_set_size", 0, func(s *state) *int { return &s.lockBits }, "logarithm of the number of locks, at most 14; 0: lock and its kin do nothing and give -1"),
	},
	Funcs: slices.Concat(chanceFuncs, waitFuncs, lockFuncs, otherFuncs),
	RPC:   commands,
	Vars: kemi.Vars[state]{
		{Name: "RANDOM", Get: func(s *state, _ *kemi.Ctx, _ *kemi.VarArgs) kemi.Value { return kemi.Int(int(s.random())) }, Doc: "a random number from 0 to 2147483647"},
	},
})

// state is the module in one server.
type state struct {
	initialProbability, initialFlags, lockBits int

	hashFile, hash string // the file and its MD5 at the start

	probability atomic.Int64
	flags       atomic.Uint32
	locks       []keylock.Lock
	random      func() int32  // from 0 to maxRandom
	stopping    chan struct{} // closed when the server stops, to end those who sleep
}

// maxRandom is the largest random number.
const maxRandom = 1<<31 - 1

// maxLockBits bounds the number of locks.
const maxLockBits = 14

// Start implements the module's start.
func (s *state) Start(srv *kemi.Server) (err error) {
	s.probability.Store(int64(s.initialProbability))
	s.flags.Store(uint32(s.initialFlags))
	if srv.Seed != 0 {
		s.random = rand.New(rand.NewPCG(srv.Seed, 0)).Int32
	}
	if s.hashFile != "" {
		if s.hash, err = fileHash(s.hashFile); err != nil {
			return fmt.Errorf("hash_file: %w", err)
		}
	}
	if s.lockBits > maxLockBits {
		srv.Log.Warning("cfgutils", fmt.Sprintf("lock_set_size=%d is too large; %d is used", s.lockBits, maxLockBits))
	}
	if s.lockBits > 0 {
		s.locks = make([]keylock.Lock, 1<<min(s.lockBits, maxLockBits))
	}
	srv.OnStop(func() { close(s.stopping) })
	return nil
}

func fileHash(path string) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	sum := md5.Sum(data)
	return hex.EncodeToString(sum[:]), nil
}

// The results that mean yes and no.
var (
	yes = kemi.Int(1)
	no  = kemi.Int(-1)
)

//go:build e2e

package stores

// asked tells that the tests with the built binary are wanted.
const asked = true

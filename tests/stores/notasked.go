//go:build !e2e

package stores

// asked tells that the tests with the built binary are wanted: some minutes are too long for
// "go test ./...".
const asked = false

# The words people say: run build test race lint fuzz bench doc.
GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
FUZZ    ?= 60s

.PHONY: run build test unit e2e race lint fuzz bench doc clean

## run: build and serve the example that needs nothing but this machine
run: build
	./moonroute examples/hello/routes.lua

## build: one static binary
build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o moonroute ./cmd/moonroute

## test: everything: unit tests, guards, the race detector, examples and real peers
test: build
	tests/run

## unit: the quick tests only
unit:
	$(GO) test ./...

## e2e: real peers (SIPp, sipsak, a softphone, kamcmd), kills and lost databases against the built binary
e2e: build
	tests/install-peers
	$(GO) test -count=1 -timeout 30m -tags e2e ./tests/e2e/...
	$(GO) test -count=1 -timeout 30m -tags e2e ./tests/stores

## race: the race detector; -short leaves out the tests that measure memory
race:
	$(GO) test -race -short -timeout 40m ./core/... ./kemi/... ./lua/... ./modules/... ./tests/inproc/... ./tests/traps/... ./tests/sim/...

## lint: formatting, vet and the linters of .golangci.yml
lint:
	tests/lint

## fuzz: every fuzz target for FUZZ each
fuzz:
	tests/fuzz $(FUZZ)

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

## doc: write the generated parts of the documentation anew
doc:
	$(GO) run ./cmd/moonroute api --readme modules

clean:
	rm -f moonroute

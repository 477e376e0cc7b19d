# The words people say: run build test race lint fuzz bench where layout pgo microbench doc.
GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
FUZZ    ?= 60s
# The profile of "make pgo", if there is one. It is not called default.pgo: go test would build everything once more for it.
PGO     ?= $(or $(wildcard cmd/moonroute/moonroute.pgo),off)

.PHONY: run build test unit e2e race lint fuzz bench where layout pgo microbench doc deb container clean

## run: build and serve the example that needs nothing but this machine
run: build
	./moonroute examples/hello/routes.lua

## build: one static binary, with the functions that messages run side by side
build:
	GO='$(GO)' CGO_ENABLED=0 $(GO) run ./packaging/layout packaging/layout/functions.txt -trimpath -pgo=$(PGO) -ldflags "-s -w -X main.version=$(VERSION)" -o moonroute ./cmd/moonroute

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
	$(GO) test -count=1 -timeout 30m -tags e2e ./tests/stores ./tests/browser

## race: the race detector; -short leaves out the tests that measure memory
race:
	$(GO) test -race -short -timeout 40m ./core/... ./kemi/... ./lua/... ./modules/... ./tests/inproc/... ./tests/traps/... ./tests/sim/...

## lint: formatting, vet and the linters of .golangci.yml
lint:
	tests/lint

## fuzz: every fuzz target for FUZZ each
fuzz:
	tests/fuzz $(FUZZ)

## bench: the server beside Kamailio: processor time, latency, growth. Words: ROUNDS=1 SECONDS=6 CASES=call,options
## TRANSPORTS=udp GROWTH=none AGAINST=/tmp/moonroute.old BENCH="-gather 1ms"
bench: build
	$(GO) run ./tests/bench -server ./moonroute -json bench.json $(if $(ROUNDS),-rounds $(ROUNDS)) $(if $(SECONDS),-seconds $(SECONDS)) \
		$(if $(CASES),-cases $(CASES)) $(if $(TRANSPORTS),-transports $(TRANSPORTS)) $(if $(GROWTH),-growth $(GROWTH)) \
		$(if $(AGAINST),-against "$(AGAINST)") $(BENCH)

## where: where the processor time of each case goes, by perf(1)
where:
	$(GO) build -o bin/moonroute ./cmd/moonroute
	$(GO) run ./tests/bench -server bin/moonroute -against none -where $(if $(CASES),-cases $(CASES)) $(BENCH)

## layout: a new list of those functions for "make build", by perf(1), of the four cases; a minute
layout:
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/moonroute ./cmd/moonroute
	$(GO) run ./tests/bench -server bin/moonroute -against none -functions packaging/layout/functions.txt

## pgo: a new profile for "make build", of the four cases; some two minutes, on a machine that does nothing else
pgo:
	$(GO) build -o bin/profiled ./tests/bench/profiled
	rm -rf bin/profiles && mkdir bin/profiles
	GOGC=400 $(GO) run ./tests/bench -server "bin/profiled -profiles bin/profiles" -against none -growth none -transports udp -rounds 1 -rate 3000 -seconds 20
	$(GO) tool pprof -proto bin/profiles/*.pprof > cmd/moonroute/moonroute.pgo

## microbench: the benchmarks of the hot path; AGAINST=HEAD~1 compares with a commit by benchstat
microbench:
	tests/benchstat $(AGAINST)

## deb: a Debian package in dist/
deb: build
	packaging/build-deb $(VERSION)

## container: an image, by podman, buildah or docker
container: build
	packaging/build-container $(VERSION)

## doc: write the generated parts of the documentation anew
doc:
	$(GO) run ./cmd/moonroute api --readme modules

clean:
	rm -rf moonroute dist

# make help lists the targets. Go and npm are all that demo and test need.
SHELL := /bin/bash
.DEFAULT_GOAL := help

GO     ?= go
ENGINE := deploy/embedded/engine
WEB    := dashboards/preview/web
SNIPPET := ingest/snippet
BIN    := bin/tidemark
# Two packages at a time, two tests at a time: the suite is sized for two cores.
TEST   := $(GO) test -p 2 -parallel 2 -timeout 15m
# Flags of one call, for example: make test TESTFLAGS='-json'
TESTFLAGS ?=
# How long `make fuzz` spends on each target.
FUZZTIME ?= 1m
FUZZ ?= .
# Which cells `make chaos` plays, a regular expression over their names, and how many rounds of 20 random kills follow.
CELLS ?= .
ROUNDS ?= 3
CHAOS := deploy/integration/chaos
# How long and at what rate `make recovery` loads the groups before it kills them.
MINUTES ?= 20
RATE ?= 20000
# How long each part of `make bench-collect` runs.
SECONDS ?= 20
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

export CGO_ENABLED := 0

.PHONY: help build engine web demo test integration chaos recovery race fuzz bench bench-collect lint generate check clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: engine build ## install the engine, build, and run everything on this machine (DEMOFLAGS='--speed 5')
	@exec $(BIN) demo $(DEMOFLAGS)

test: engine web ## unit tests, crash simulation and the sinks on the real engine; Go and npm suffice
	$(TEST) $(TESTFLAGS) ./...

integration: engine build ## real Kafka, SDKs, Prometheus, Alertmanager, browser, a staged outage; installs what is missing
	$(TEST) -timeout 30m -tags integration $(TESTFLAGS) ./deploy/integration/... ./deploy/embedded/...

chaos: engine build ## every fault of docs/reliability.md on real Kafka and engine, then random kills (CELLS='^store' ROUNDS=3)
	@failed=0; run="$(GO) test -p 1 -timeout 4h -count 1 -v -tags integration ./$(CHAOS)"; export TIDEMARK_BINARY=$(CURDIR)/$(BIN); \
	  TIDEMARK_CHAOS_CELLS='$(CELLS)' TIDEMARK_CHAOS_RESULTS=$(CURDIR)/$(CHAOS)/results.tsv $$run -run 'TestChaosCells$$' || failed=1; \
	  $(GO) run ./$(CHAOS)/report || failed=1; \
	  TIDEMARK_CHAOS_ROUNDS=$(ROUNDS) $$run -run 'TestChaos$$' || failed=1; \
	  [ $$failed = 0 ] && echo "chaos: all green; see docs/reliability.md" || { echo "chaos: FAILED, see above"; exit 1; }

recovery: engine build ## kill -9 after MINUTES at RATE events/s: time until live with snapshots and without, tables exact
	TIDEMARK_RECOVERY_MINUTES=$(MINUTES) TIDEMARK_RECOVERY_RATE=$(RATE) $(GO) test -p 1 -timeout 4h -count 1 -v -tags integration ./deploy/integration/recovery

race: engine web ## the unit tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(TEST) -race $(TESTFLAGS) ./...

fuzz: ## every fuzz target for FUZZTIME, or those that match FUZZ (FUZZ='^FuzzGA4' FUZZTIME=1h)
	@GO='$(GO)' .ci/fuzz '$(FUZZ)' $(FUZZTIME)

bench: ## cost per event of decode, dedupe, windows and the whole task; series that alerts judge per second
	$(GO) test -run '^$$' -bench . -benchmem ./schemas/... ./processors/... ./ingest/... ./sinks/... ./alerts/... ./cmd/tidemark/bench

bench-collect: engine build ## a collector under load, acks=all, embedded and real broker: events per core, latency (SECONDS=20)
	TIDEMARK_LOAD_SECONDS=$(SECONDS) $(GO) test -p 1 -timeout 1h -count 1 -v -tags integration ./deploy/integration/load

build: web ## the binary, bin/tidemark
	$(GO) build -trimpath -o $(BIN) ./cmd/tidemark

engine: $(ENGINE)/node_modules/.package-lock.json ## the ClickHouse engine for the embedded mode, from npm, checked by its lock

$(ENGINE)/node_modules/.package-lock.json: $(ENGINE)/package-lock.json
	npm ci --prefix $(ENGINE)
	@touch $@

web: $(WEB)/dist/index.html $(SNIPPET)/dist/t.js ## the page of boards and alerts and the browser snippet, for the binary; from npm, checked by its lock

$(WEB)/dist/index.html $(SNIPPET)/dist/t.js &: $(WEB)/node_modules/.package-lock.json $(WEB)/build.mjs $(shell find $(WEB)/src $(SNIPPET)/src -type f)
	npm run --silent --prefix $(WEB) build

$(WEB)/node_modules/.package-lock.json: $(WEB)/package-lock.json
	npm ci --prefix $(WEB)
	@touch $@

lint: ## gofmt, go vet and staticcheck
	@files="$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go'))"; \
	  if [ -n "$$files" ]; then echo "not formatted, run gofmt -w on:"; echo "$$files"; exit 1; fi
	$(GO) vet ./...
	$(GO) vet -tags integration ./deploy/integration/... ./sinks/archive
	$(GO) run $(STATICCHECK) ./...

generate: build ## write what is derived from the Go sources: schemas, tables, documents, boards, alert files, runbooks
	$(BIN) generate
	$(GO) run ./$(CHAOS)/report
	TIDEMARK_WRITE=1 $(GO) test -count 1 -run 'TestBadInputs$$' ./ingest

check: lint build ## lint, the types and tests of page and snippet, then all that needs no broker: generated files, catalogue, boards, rules
	npm run --silent --prefix $(WEB) check
	npm test --silent --prefix $(WEB)
	$(BIN) generate --check
	$(BIN) check

clean: ## remove what was built; the demo's data stays
	rm -rf bin $(WEB)/build
	find $(WEB)/dist $(SNIPPET)/dist -type f ! -name .gitignore -delete

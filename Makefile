# Two commands do everything: `make run` and `make test`. `make help` lists the others.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
UV := .make/uv/bin/uv
BIN := .venv/bin
WEB := src/enterprise_stream/server/static
export UV_NO_PROGRESS ?= $(if $(CI),true,false)
export UV_SYSTEM_CERTS ?= true
export PATH := $(CURDIR)/.make/node/bin:$(PATH)

WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path 'web/test/*' 2>/dev/null)

.PHONY: help
help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.PHONY: run
run: setup ## Set everything up and serve http://127.0.0.1:3000 (HOST, PORT and .env are honoured)
	@exec $(BIN)/enterprise-stream serve

.PHONY: test
test: .make/python .make/web all-models browser ## Set everything up and run all tests
	$(BIN)/pytest -n auto -m "not models and not browser" $(PYTEST_ARGS)
	$(BIN)/pytest -m "models or browser" $(PYTEST_ARGS)
	cd web && npm test

.PHONY: fast
fast: .make/python ## The tests that need neither models nor a browser
	$(BIN)/pytest -n auto -m "not models and not browser" $(PYTEST_ARGS)

.PHONY: check
check: .make/python .make/node-modules ## The gates: format, lint, types, import contract, generated files, locks, audit
	scripts/check

.PHONY: setup
setup: .make/python .make/web models ## Python environment, web bundle, models

.PHONY: models
models: .make/python ## The embedded models, pulled once into the cache
	@$(BIN)/enterprise-stream models pull --quiet-if-complete

.PHONY: all-models
all-models: .make/python
	@$(BIN)/enterprise-stream models pull --tests --quiet-if-complete

.PHONY: web
web: .make/web ## The page

.PHONY: browser
browser:
	@scripts/ensure-browser

.PHONY: format
format: .make/python .make/node-modules ## Format all sources
	$(BIN)/ruff format src tests bench
	$(BIN)/ruff check --fix src tests bench
	cd web && npm run -s format

.PHONY: generate
generate: .make/python ## Write the generated files anew: protocol, types, transition table, speech text, faults
	$(BIN)/python -m enterprise_stream.wire.export --write
	$(BIN)/python -m enterprise_stream.testing.turn_table --write
	$(BIN)/python -m enterprise_stream.testing.speech_page --write
	$(BIN)/python -m enterprise_stream.testing.faults.matrix --write
	cd web && npx prettier --log-level warn --write src/wire/messages.ts

.PHONY: lock
lock: $(UV) ## Resolve the dependencies anew
	$(UV) pip compile requirements/uv.in --upgrade --universal --generate-hashes --no-header --no-annotate -q -o requirements/uv.lock
	$(UV) pip compile pyproject.toml --upgrade --universal --all-extras --generate-hashes --no-header --no-annotate --python-version 3.11 -q -o requirements/all.lock

.PHONY: bench-peers
bench-peers: .make/python all-models ## Measure against Pipecat and LiveKit Agents (QUICK=1: minutes; else an hour)
	@bench/peers/setup
	$(BIN)/python -m bench.peers.run $(if $(QUICK),--quick) $(PEERS_ARGS)
	$(BIN)/python -m bench.peers.report

.PHONY: clean
clean: ## Remove what was built here (the model cache stays)
	rm -rf .venv .make web/node_modules $(WEB)/*

# --- set-up, each step once until what it stands on changes ---------------------------------------------------------

$(UV): requirements/uv.lock
	@scripts/ensure-uv "$(PYTHON)"

.make/python: $(UV) requirements/all.lock pyproject.toml
	@echo "Setting up the Python environment (.venv) ..."
	@test -x $(BIN)/python || $(UV) venv -q --python "$(PYTHON)" .venv
	@$(UV) pip sync -q --python .venv --require-hashes requirements/all.lock
	@$(UV) pip install -q --python .venv --no-deps --no-build-isolation -e .
	@touch $@

.make/node-modules: web/package.json web/package-lock.json | $(UV)
	@scripts/ensure-node
	@echo "Setting up the web tools (web/node_modules) ..."
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.make/web: .make/node-modules $(WEB_SOURCES)
	@echo "Building the page ..."
	@cd web && npm run -s build
	@touch $@

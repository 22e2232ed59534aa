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
# Images often set it; every process, and the tests start hundreds, would then compile all that it imports anew.
unexport PYTHONDONTWRITEBYTECODE

WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path 'web/test/*' 2>/dev/null)

.PHONY: help
help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

.PHONY: run
run: setup ## Set everything up and serve http://127.0.0.1:3000 (HOST, PORT and .env are honoured)
	@exec $(BIN)/enterprise-stream serve

.PHONY: test
test: .make/python .make/web all-models for-tests ## Set everything up and run all tests
	@scripts/test $(PYTEST_ARGS)

.PHONY: fast
fast: .make/python ## The tests that need neither models nor a browser
	$(BIN)/pytest -n auto -m "not models and not browser" $(PYTEST_ARGS)

.PHONY: requirements
requirements: .make/python .make/web all-models for-tests ## Run the tests that hold what docs/security.md promises, and write there how they ended
	-$(BIN)/pytest -n 2 --dist loadfile -m requirement --junitxml=.make/requirements.xml $(PYTEST_ARGS)
	-$(BIN)/python -m enterprise_stream.testing.requirements.outcomes .make/requirements.xml
	$(BIN)/python -m enterprise_stream.testing.requirements.page --write
	$(BIN)/python -m enterprise_stream.testing.requirements.page --check

.PHONY: check
check: .make/python .make/node-modules ## The gates: format, lint, types, imports, generated files, locks, audit (AUDIT=required)
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

.PHONY: for-tests
for-tests:
	@scripts/ensure-for-tests

.PHONY: format
format: .make/python .make/node-modules ## Format all sources
	$(BIN)/ruff format src tests bench examples
	$(BIN)/ruff check --fix src tests bench examples
	cd web && npm run -s format

.PHONY: screenshots
screenshots: .make/python .make/web for-tests ## Take the pictures in docs/images anew: panel, widget, console
	$(BIN)/python -m tests.browser.screenshots
	$(BIN)/python -m tests.browser.widget.screenshots
	$(BIN)/python -m tests.browser.console_screenshots

.PHONY: generate
generate: .make/python ## Write the generated files anew: protocol, types, transition table, speech text, faults, limits, security
	$(BIN)/python -m enterprise_stream.wire.export --write
	$(BIN)/python -m enterprise_stream.testing.turn_table --write
	$(BIN)/python -m enterprise_stream.testing.speech_page --write
	$(BIN)/python -m enterprise_stream.testing.faults.matrix --write
	$(BIN)/python -m enterprise_stream.testing.faults.by_engine --write
	$(BIN)/python -m enterprise_stream.testing.limits_page --write
	$(BIN)/python -m enterprise_stream.testing.requirements.page --write
	$(BIN)/python -m enterprise_stream.server.api.console.reference --write
	cd web && npx prettier --log-level warn --write src/client/wire/messages.ts

.PHONY: lock
lock: $(UV) ## Resolve the dependencies anew
	$(UV) pip compile requirements/uv.in --upgrade --universal --generate-hashes --no-header --no-annotate -q -o requirements/uv.lock
	$(UV) pip compile pyproject.toml --upgrade --universal --all-extras --generate-hashes --no-header --no-annotate --python-version 3.11 -q -o requirements/all.lock
	$(UV) pip compile requirements/fuzz.in --upgrade --universal --generate-hashes --no-header --no-annotate --python-version 3.11 -q -o requirements/fuzz.lock

.PHONY: bench-peers
bench-peers: .make/python all-models ## Measure against Pipecat and LiveKit Agents (QUICK=1: minutes; else an hour)
	@bench/peers/setup
	$(BIN)/python -m bench.peers.run $(if $(QUICK),--quick) $(PEERS_ARGS)
	$(BIN)/python -m bench.peers.report

.PHONY: chaos
chaos: .make/python ## Strike a real server 500 times while twenty guests get 5,000 answers (ten to twenty minutes)
	$(BIN)/python -m bench.chaos $(CHAOS_ARGS)

.PHONY: hostile
hostile: .make/python ## Send a real server 10,000 hostile inputs while others talk (three minutes)
	$(BIN)/python -m bench.hostile $(HOSTILE_ARGS)

.PHONY: fuzz
fuzz: .make/python ## Fuzz every decoder and parser with atheris (SECONDS_EACH=60; Linux on x86-64)
	@$(UV) pip install -q --python .venv --require-hashes -r requirements/fuzz.lock
	$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS_EACH),60) $(FUZZ_ARGS)

.PHONY: soak
soak: .make/python ## The turns of an hour of twenty conversations, with 120 faults, and whether the server grows
	$(BIN)/python -m bench.soak $(SOAK_ARGS)

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

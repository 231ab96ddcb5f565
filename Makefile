# Everything a person or CI runs. `make run` shows the whole path, `make test` proves it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-peers

.PHONY: help run test test-all bench check check-page format clean

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# Each stamp is remade when what it installs from has changed.
$(VENV)/.run: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[train]'
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[train,web,keras,ray,parquet,tracking,heic,dev]'
	@touch $@ $(VENV)/.run

run: $(VENV)/.run  ## train sprint on MNIST, evaluate it, draw its figures, read pictures with it
	$(BIN)/tenfold train --run runs/first --again
	$(BIN)/tenfold read --model runs/first/model.onnx examples/pictures/*.png

check: $(VENV)/.dev check-page  ## formatter, linter, type checker, import contracts, the page
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What is not at hand is passed over with a line that says so; what is wrong is not.
node_modules/.made: package.json package-lock.json
	@if ! command -v npm >/dev/null; then echo "Skipped: the types of the page's JavaScript; npm is not installed."; \
	elif npm ci --silent --ignore-scripts --no-audit --no-fund --fetch-retries 1 --fetch-retry-mintimeout 1000 --fetch-timeout 30000; then touch $@; \
	else echo "Skipped: the types of the page's JavaScript; npm could not fetch the checker."; fi

check-page: node_modules/.made  ## types and unit tests of the page's JavaScript, where there is node
	@if [ -e node_modules/.made ] && command -v node >/dev/null; then node_modules/.bin/tsc; fi
	@if node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null; then node --test --test-reporter dot tests/web/js/*.test.js; \
	else echo "Skipped: the unit tests of the page's JavaScript; there is no node 20 or newer."; fi

test: check  ## the default test suite
	$(BIN)/pytest --numprocesses 2 --dist loadgroup

test-all: check  ## the default suite and the slow tests
	$(BIN)/pytest --numprocesses 2 --dist loadgroup -m ''

# What the benchmark compares with has an environment of its own.
$(PEERS)/.made: benchmarks/requirements.txt
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --requirement benchmarks/requirements.txt
	@touch $@

bench: $(VENV)/.run $(PEERS)/.made  ## measure Tenfold beside its peers and write docs/benchmarks.md, 30 minutes
	$(BIN)/python benchmarks/run.py --python $(PEERS)/bin/python

format: $(VENV)/.dev  ## rewrite the sources in the project's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:  ## remove the environment and caches, never runs/
	rm -rf $(VENV) node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Everything a person or CI runs. `make run` shows the whole path, `make test` proves it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-peers

.PHONY: help run test test-all bench check format clean

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

check: $(VENV)/.dev  ## formatter, linter, type checker, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

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
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# One command for each task, the same that CI runs. Everything is installed into .venv.
#   make handout   prove, and write build/backprop.tex .html .md .pdf
#   make test      run the tests
#   make check     ruff, mypy, import contracts, tests
#   make bench     measure, side by side with the peers that are installed
#   make certify   have Rocq check the bundled theorems, and refuse a slip of each
#   make handouts  write every section of the handout of every bundled model, and its worksheet, and judge them
#   make docs      build the documentation into docs/_build/html
#   make clean     remove what these have written

PYTHON ?= python3
BIN := .venv/bin
USER_STAMP := .venv/.installed
DEV_STAMP := .venv/.installed-dev

# Where no bytecode may be written beside the sources, it is kept here: else each of the many processes that the tests
# start compiles everything anew.
ifdef PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/build/bytecode
export PYTHONDONTWRITEBYTECODE :=
endif

.PHONY: handout handouts test check lint types contracts bench certify certify-formulas certify-all certify-library docs clean
.DELETE_ON_ERROR:

handout: $(USER_STAMP)
	$(BIN)/derive handout -o build/backprop --format tex,html,md,pdf

# Six minutes of processor time or so.
handouts: $(DEV_STAMP)
	$(BIN)/python -m pytest tests/report -m handouts -n auto $(ARGS)

test: $(DEV_STAMP)
	$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

check: lint types contracts test

lint: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV_STAMP)
	$(BIN)/mypy

contracts: $(DEV_STAMP)
	$(BIN)/lint-imports

bench: $(DEV_STAMP)
	$(BIN)/python -m pytest benchmarks --benchmark-only $(ARGS)

# Needs coqc and Coquelicot (Debian: coq libcoq-coquelicot).
certify: $(DEV_STAMP)
	$(BIN)/python -m pytest tests/certify/test_bundled_theorems.py -m 'certify or not certify' -n 2 --dist worksteal $(ARGS)

# What `make check` has of certificates, and with it every formula that a lecture may write.
certify-formulas: $(DEV_STAMP)
	$(BIN)/python -m pytest tests/certify -m 'certify or not certify' -n 2 --dist worksteal \
	  --ignore tests/certify/test_bundled_theorems.py $(ARGS)

# The theorems about every kind of network, some two hundred.
certify-all: $(DEV_STAMP)
	$(BIN)/derive certify --theorems --all-networks --check --jobs 2 --out build/certificates

# The library once more, by the checker that shares no tactics with the compiler.
certify-library: $(DEV_STAMP)
	$(BIN)/derive certify --theorems --only biases --out build/library
	$(MAKE) -C build/library biases.vo
	cd build/library && coqchk -silent -o -Q library Derive Derive.Prelude

docs: $(DEV_STAMP)
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build/html

clean:
	rm -rf build dist docs/_build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis \
	  .benchmarks
	find derive tests -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "derive needs Python 3.11 or newer: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

# Installed anew only when pyproject.toml changes; the tools for development only where they are used.
$(USER_STAMP): pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

$(DEV_STAMP): pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@ $(USER_STAMP)

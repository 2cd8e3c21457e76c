# One command for each task, the same that CI runs. Everything is installed into .venv.
#   make handout   prove, and write build/backprop.tex .html .md .pdf
#   make test      run the tests
#   make check     ruff, mypy, import contracts, tests
#   make bench     measure, side by side with the peers that are installed
#   make docs      build the documentation into docs/_build/html
#   make clean     remove what these have written

PYTHON ?= python3
BIN := .venv/bin
USER_STAMP := .venv/.installed
DEV_STAMP := .venv/.installed-dev

.PHONY: handout test check lint types contracts bench docs clean
.DELETE_ON_ERROR:

handout: $(USER_STAMP)
	$(BIN)/derive handout -o build/backprop --format tex,html,md,pdf

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

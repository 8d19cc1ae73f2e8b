# usagetop from a checkout. Needs make, and Python 3.11 or newer (or uv); the rest goes into .venv by itself.
#
#   make demo ARGS="--scenario spike"     what stands in ARGS goes to the program, to pytest or to the benchmark

.POSIX:
.PHONY: help demo test test-all cover check format bench bench-peers screenshots docs wheel clean run-env test-env
MAKEFLAGS += --no-print-directory

PYTHON = .venv/bin/python
PYTEST = $(PYTHON) -m pytest
# Half of the time of a test at a terminal is waiting for the other side, so there are more workers than processors.
WORKERS = -n 3 --dist worksteal
ARGS =

help: ## this list (the default)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

demo: run-env ## open the explorer on the demo organization; needs no key
	@exec $(PYTHON) -m usagetop --demo $(ARGS)

test: test-env ## the tests, under three minutes
	@$(PYTEST) $(WORKERS) -m "not slow" $(ARGS)

test-all: test-env ## all tests, with new random examples each time
	@$(PYTEST) $(WORKERS) --hypothesis-profile=search $(ARGS)
	@USAGETOP_LATTICE=off $(PYTEST) $(WORKERS) tests/ui $(ARGS)

cover: test-env ## the tests, and which lines none of them reached
	@$(PYTHON) -m coverage erase
	@$(PYTHON) -m coverage run -m pytest -m "not slow" $(ARGS)
	@$(PYTHON) -m coverage combine --quiet
	@$(PYTHON) -m coverage report

check: test-env ## format, lint, types, layers, security
	@$(PYTHON) -m ruff format --check --quiet --diff .
	@$(PYTHON) -m ruff check --quiet .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports --no-logo
	@$(PYTHON) -m bandit --quiet --recursive --configfile pyproject.toml tui

format: test-env ## rewrite the source in the one format, and mend what can be mended
	@$(PYTHON) -m ruff check --quiet --fix-only .
	@$(PYTHON) -m ruff format .

bench: test-env ## print the figures of the speed budget
	@$(PYTHON) -m tests.bench $(ARGS)

bench-peers: test-env ## start, bytes and idleness of other programs, installed into .venv-peers
	@$(PYTHON) -m tests.bench.peers $(ARGS)

screenshots: test-env ## draw the golden screens anew; look at the difference before you commit it
	@USAGETOP_UPDATE_GOLDEN=1 $(PYTEST) tests/golden $(ARGS)

docs: test-env ## write the generated parts of README.md and docs/ anew
	@$(PYTHON) -m tests.support.readme --write
	@$(PYTHON) -m tests.support.reliability --write

wheel: test-env ## the sdist, and the wheel made from it, in dist/
	@rm -rf dist
	@$(PYTHON) -m build --outdir dist .

clean: ## remove everything that make made, .venv and .venv-peers included
	@rm -rf .venv .venv-peers dist build htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find tui tests -type d -name __pycache__ -prune -exec rm -rf {} +

run-env:
	@sh .ci/venv.sh

test-env:
	@sh .ci/venv.sh test

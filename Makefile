# `make` checks everything, `make run` is one night, `make help` lists the rest.
# Needs python3 (3.11 or newer) and make; everything else is put into .venv.

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
READY := .venv/.ready
SPARK_BIN := .venv-spark/bin
SPARK_READY := .venv-spark/.ready

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.PHONY: all check help setup run test test-spark fmt fmt-check lint types golden docs bench bench-peers kills audit lock clean distclean

all: check test  ## format check, lint, types, tests

check: fmt-check lint types  ## all of that but the tests

help:  ## list the targets
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

setup: $(READY)  ## make .venv from requirements.lock (only when the lock has changed)

$(READY): requirements.lock
	@$(PYTHON) -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer with venv is needed, and '$(PYTHON)' is not that." >&2; \
		echo "Name another one with: make PYTHON=python3.12; on Debian, venv is in python3-venv." >&2; \
		exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(SPARK_READY): tests/spark/requirements.lock
	$(PYTHON) -m venv --clear .venv-spark
	$(SPARK_BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	$(SPARK_BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: $(READY)  ## run the night on data/raw (ARGS="--dry-run" and so on)
	$(BIN)/python -m etl.run $(ARGS)

test: $(READY)  ## the tests (ARGS="-k subtotal" and so on)
	$(BIN)/python -m pytest $(ARGS)

test-spark: $(SPARK_READY)  ## the same night on Spark, compared with DuckDB's (needs Java 17)
	$(SPARK_BIN)/python -m pytest tests/spark $(ARGS)

fmt: $(READY)  ## format Python and SQL
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format .
	$(BIN)/sqlfmt --quiet sql

fmt-check: $(READY)  ## is everything formatted?
	$(BIN)/ruff format --check .
	$(BIN)/sqlfmt --quiet --check sql

lint: $(READY)  ## ruff on Python, sqlfluff on SQL
	$(BIN)/ruff check .
	$(BIN)/sqlfluff lint --quiet sql

types: $(READY)  ## mypy, strict
	$(BIN)/mypy

golden: $(READY)  ## rewrite the golden files; review the diff
	UPDATE_GOLDEN=1 $(BIN)/python -m pytest -k golden

docs: $(READY)  ## rewrite docs/data-dictionary.md and docs/report.schema.json from the schemas
	$(BIN)/python -m etl docs

bench: $(READY)  ## the night against a hand-written DuckDB script (ARGS="--figures 100000")
	$(BIN)/python benchmarks/run.py $(ARGS)

bench-peers: $(READY)  ## the same, with dbt and pandas + pandera beside them in environments of their own
	for peer in dbt pandas; do \
		$(BIN)/uv venv --quiet --allow-existing .venv-$$peer && $(BIN)/uv pip install --quiet \
			--python .venv-$$peer -r benchmarks/requirements-$$peer.txt || exit; \
	done
	$(BIN)/python benchmarks/run.py --dbt .venv-dbt/bin/python --pandas .venv-pandas/bin/python $(ARGS)

kills: $(READY)  ## kill 200 nights and starve 60 while 50 processes read (ARGS="--seed 2"); needs strace
	$(BIN)/python -m benchmarks.kills $(ARGS)

audit: $(READY)  ## known vulnerabilities (asks pypi.org) and licences of what the program needs
	$(BIN)/python .ci/audit.py

lock: $(READY)  ## resolve pyproject.toml into requirements.lock (ARGS="--upgrade" for newer ones)
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --generate-hashes --quiet \
		--no-annotate --no-emit-index-url --custom-compile-command "make lock" \
		--output-file requirements.lock $(ARGS)
	$(BIN)/uv pip compile pyproject.toml --group dev --extra spark --universal --generate-hashes --quiet \
		--no-annotate --no-emit-index-url --custom-compile-command "make lock" \
		--constraints requirements.lock --output-file tests/spark/requirements.lock

clean:  ## remove caches
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find etl tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean  ## remove caches and .venv; warehouses are yours to remove
	rm -rf .venv .venv-spark

# `make run` starts Remit, `make test` runs its tests; both install what they need first (Python ≥ 3.11).
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
BIN := .venv/bin
WORKERS ?= 2
# a container's setting that no bytecode is kept makes every process compile a thousand modules again: seconds a start
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup run test browser mail bench check lock format clean

help: ## show this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## make .venv from requirements.lock (does nothing when it is up to date)
	@test -n "$(PYTHON)" || { echo "Remit needs Python 3.11 or later on the PATH (python3)."; exit 1; }
	@"$(PYTHON)" tools/bootstrap.py

run: setup ## install, start the database, web and worker, stay in the foreground (ARGS="--port 9000")
	@exec $(BIN)/remit up $(ARGS)

test: setup ## run the tests (ARGS="tests/db -x")
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile $(ARGS)

browser: setup ## only the tests in a real Chromium; fails when there is none
	@REMIT_REQUIRE_BROWSER=1 $(BIN)/pytest -n $(WORKERS) --dist loadfile tests/browser $(ARGS)

bench: setup ## measure each figure beside its other side (ARGS="perform pages")
	@$(BIN)/remit bench $(ARGS)

mail: setup ## the e-mail tests against a real Postfix and Dovecot (both installed, as root)
	@$(BIN)/pytest -rs -m postfix tests/connectors/email

check: setup ## formatting, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m tools.linters
	@test ! -f .importlinter || $(BIN)/lint-imports

format: setup ## format the code and mend what lint can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: setup ## resolve pyproject.toml again into requirements.lock (hashes, no index named)
	@$(BIN)/uv pip compile -q pyproject.toml --group dev --generate-hashes --universal --no-header \
		--no-emit-index-url --python-version 3.11 -o requirements.lock

clean: ## remove the environment and caches (not your data)
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

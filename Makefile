# Two commands from a clean clone: make run, make test.
PYTHON ?= python3
# Relative paths, so that spaces in the folder's name do no harm.
PY := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help env run test lint bench drill screenshots lock clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1 — /p' Makefile

env: ## build the environment (.venv, assets)
	@$(PYTHON) config/bootstrap.py --dev

run: ## start the portal; Ctrl-C stops it
	@$(PYTHON) config/bootstrap.py
	@exec $(PY) -m config.run

test: env ## run the whole test suite
	@exec $(PY) -m pytest -n 3 --dist worksteal

lint: env ## check style, types and layers
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -c 'from importlinter.cli import lint_imports_command as lint; lint()'

bench: env ## measure the goals against their limits
	@for file in tests/benchmarks/bench_*.py; do $(PY) -m tests.benchmarks.$$(basename "$$file" .py) || exit 1; done

drill: env ## kill processes again and again and see that nothing is lost
	@for file in tests/drills/drill_*.py; do $(PY) -m tests.drills.$$(basename "$$file" .py) || exit 1; done

screenshots: env ## take the pictures of docs/pictures anew
	@exec $(PY) -m tests.browser.screenshots

lock: env ## pin the packages of the *.in files anew
	@$(PY) config/lock.py

clean: ## remove what the targets above have built; data in PORTAL_HOME stays
	@rm -rf .venv assets node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .bootstrap.lock
	@find apps config tests -name __pycache__ -prune -exec rm -rf {} +

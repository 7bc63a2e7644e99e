# The one door of the house. The logic lives in scripts/; this file only names it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo smoke test check bench fmt lock

PY := .venv/bin/python
ARGS ?=

help: ## Show what this door opens
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' Makefile

setup: ## Install everything for development (system packages, .venv, front end)
	@scripts/setup.sh all

demo: ## Start two sites with playing panels and print the address; Ctrl-C stops it
	@scripts/setup.sh demo
	@$(PY) -m simulator.demo $(ARGS)

smoke: ## The demo headless: play, upload, publish, see it, stop; ends with one JSON line
	@scripts/setup.sh demo
	@$(PY) -m simulator.demo --smoke $(ARGS)

test: ## Run every test in two processes (ARGS="tests/server -k media" for some, in one)
	@scripts/setup.sh test
	@$(PY) -m pytest $(if $(ARGS),$(ARGS),--numprocesses=2 --dist=loadfile --no-loadscope-reorder --max-worker-restart=0)

check: ## Lint, format, types, import direction, deployment, locks
	@scripts/setup.sh check
	@scripts/check.sh

bench: ## Measure one thing: make bench NAME=gap
	@test -n "$(NAME)" || { echo 'Which one? For example: make bench NAME=gap' >&2; exit 2; }
	@scripts/setup.sh test
	@$(PY) -m bench $(NAME) --json $(ARGS)

fmt: ## Format the source and repair what the linter can repair
	@scripts/setup.sh check
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

lock: ## Pin the dependencies after a change of pyproject.toml or package.json (ARGS=--upgrade for the newest of all)
	@scripts/setup.sh check
	@$(PY) scripts/lock.py $(ARGS)

# Two commands matter: `make run` and `make test`. Both install what is missing.
.DEFAULT_GOAL := help
.PHONY: help run test e2e dev bench reset clean

help: ## this list
	@sed -n 's/^\([a-z0-9]*\):.*## /  make \1	/p' Makefile | expand -t 16

run: ## build everything and serve it on http://localhost:3000 with demo data
	@scripts/run

test: ## formatting, lints for both targets, Rust and browser tests
	@scripts/test

e2e: ## the browser tests alone
	@scripts/e2e

dev: ## watch, rebuild, restart, reload
	@scripts/dev

bench: ## the release build under load: processor time, memory, sizes and Lighthouse marks in one table
	@scripts/bench

reset: ## forget the demo market; the next `make run` makes it anew
	@scripts/reset

clean: ## remove what was built; databases and keys in .data/ stay
	@scripts/clean

# One line of help stands behind each target; `make help` prints them.

SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help run test bench faults lint build lock clean

help: ## Show this list
	@while IFS= read -r line; do \
		if [[ $$line =~ ^([a-z]+):\ \#\#\ (.*)$$ ]]; then \
			printf '  make %-7s %s\n' "$${BASH_REMATCH[1]}" "$${BASH_REMATCH[2]}"; \
		fi; \
	done < Makefile

run: ## Set up what is missing and serve a demo school on http://localhost:8000 (PORT, HOST)
	@scripts/run

test: ## Set up what is missing and run all tests (ARGS goes to pytest, e.g. ARGS="-k login")
	@scripts/test

bench: ## Measure how fast the portal is, beside a bare page (N="1000 10000" incidents)
	@scripts/bench

faults: ## Break things on purpose (kill -9, full disk, floods, odd requests) and see that nothing is lost
	@scripts/faults

lint: ## Check style, types, templates and translations
	@scripts/lint

build: ## Build the front end and compile the translations
	@scripts/build

lock: ## Resolve the newest allowed packages again and write both lock files
	@scripts/lock

clean: ## Remove everything that can be made again; the data in instance/ stays
	@scripts/clean

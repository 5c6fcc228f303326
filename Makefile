# Each target sets up what it needs by itself and says in one line what it is doing.
.DEFAULT_GOAL := help
K := .venv/bin/kentongan
PY := .venv/bin/python
WORKERS ?= 2
export PYTHONUTF8 = 1
# Tests and commands start many processes: what is compiled once is kept, whatever the machine is set to.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help setup setup-run demo run test check bench soak screens heads lock clean

help: ## Say what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

setup: ## Everything for developing: packages, front-end files, translations
	@$(if $(filter setup,$(MAKECMDGOALS)),echo "· Setting up for developing: only what is missing",:)
	@sh tools/setup.sh dev

setup-run:
	@sh tools/setup.sh run

demo: setup-run ## The invented city, collected before your eyes
	@$(K) demo $(ARGS)

run: setup-run ## Your own installation
	@echo "· Starting your installation; Ctrl-C ends it"
	@$(K) run $(ARGS)

test: setup ## Every test but the storms
	@sh tools/chromium.sh
	@echo "· Running the tests"
	@$(PY) -m pytest -m "not soak" -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup ## Style, types, arrows and cycles
	@echo "· Checking style (ruff)"; .venv/bin/ruff check --quiet . && .venv/bin/ruff format --quiet --check .
	@echo "· Checking types (pyright)"; $(PY) tools/typecheck.py
	@mkdir -p build; echo "· Checking arrows (import-linter)"; .venv/bin/lint-imports --no-logo $(if $(VERBOSE),,> build/arrows.txt) || { cat build/arrows.txt; exit 1; }
	@echo "· Checking cycles and words"; $(PY) tools/house.py

bench: setup ## Measure speed and memory; prints data set, size, commit, date
	@$(PY) -m kentongan.measure.bench $(ARGS)

soak: setup ## Long storms: kills, load, faults, and every screen in every look
	@sh tools/chromium.sh
	@echo "· Running the storms"
	@$(PY) -m pytest -m soak $(ARGS)

screens: setup ## A picture of every screen in build/screens
	@sh tools/chromium.sh
	@echo "· Taking a picture of every screen into build/screens"
	@$(K) screens --out build/screens $(ARGS)

heads: setup ## Train the small heads again (what is the same byte for byte: their cards)
	@echo "· Training the small heads again"
	@$(K) heads train $(ARGS)

lock: setup
	@echo "· Renewing the lock files"
	@sh tools/lock.sh

clean: ## Remove what was built (never your data folder)
	@echo "· Removing .venv, build, node_modules, compiled translations and what the tools keep"
	@rm -rf .venv build node_modules src/kentongan/office/static/vendor .pytest_cache .ruff_cache .import_linter_cache .hypothesis src/*.egg-info
	@find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
	@find src -name '*.mo' -type f -exec rm -f {} +

# Coopdesk. `make run` is all that is needed; it installs what is missing and starts everything.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
STACK := $(BIN)/python -m coopdesk.stack
PYTEST := $(BIN)/python -m pytest
CASES ?= 100000
LOCK := uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --generate-hashes

export PYTHONUNBUFFERED := 1

.PHONY: help run stop status test test-slow lint format bench backup restore lock

help: ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp ## install what is missing and start everything; Ctrl-C stops it
	@exec $(STACK) run

stop: ## stop what `make run` started here
	@if [ -x $(BIN)/python ]; then exec $(STACK) stop; else echo "Coopdesk is not running here."; fi

status: ## does it run, and where
	@if [ -x $(BIN)/python ]; then exec $(STACK) status; else echo "Coopdesk is not running here."; exit 3; fi

test: lint ## lint, types, contracts, budgets and the tests (15 minutes at most)
	$(PYTEST) -m "not slow" -n auto --dist loadgroup

test-slow: $(VENV)/dev.stamp ## the long lanes (45 minutes at most)
	$(PYTEST) -m slow

lint: $(VENV)/dev.stamp ## style, types, import contracts, missing migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(VENV)/dev.stamp ## let ruff write the style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/dev.stamp ## ratios against the raw database (CASES=100000)
	$(BIN)/python -m bench --cases $(CASES)

backup: $(VENV)/run.stamp ## one archive of everything in backups/ (KEYS=0 leaves the keys out)
	@exec $(STACK) backup $(if $(filter 0,$(KEYS)),--no-keys)

restore: $(VENV)/run.stamp ## put an archive back: make restore FILE=backups/….tar
	@if [ -z "$(FILE)" ]; then echo "make restore FILE=backups/<archive>.tar"; exit 2; fi
	@exec $(STACK) restore "$(FILE)"

lock: $(VENV)/dev.stamp ## pin requirements*.in anew
	$(PIP) uv
	$(BIN)/$(LOCK) requirements.in --output-file requirements.txt
	$(BIN)/$(LOCK) requirements-dev.in --output-file requirements-dev.txt

# The stamps: without a change of the lists nothing is installed, and no network is asked.
$(VENV)/pyvenv.cfg:
	@python=$$(sh deploy/find-python.sh) || exit 1; \
	"$$python" -c 'import ensurepip' 2>/dev/null || { \
		echo "$$python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }; \
	rm -rf $(VENV) && "$$python" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/run.stamp: requirements.txt $(VENV)/pyvenv.cfg
	@$(BIN)/python -c '' 2>/dev/null || { echo "The interpreter of $(VENV) is gone; making it anew."; \
		rm -rf $(VENV); exec $(MAKE) --no-print-directory $@; }
	@echo "Installing what Coopdesk runs on …"
	@$(PIP) --require-hashes --requirement requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	@echo "Installing what tests and checks need …"
	@$(PIP) --require-hashes --requirement requirements-dev.txt
	@touch $@

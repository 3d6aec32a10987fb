# What is done often. `make` alone lists it.
#
# Settings of the program go on the line: make run HOST=0.0.0.0 TLS=auto PORT=8443

SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CHROMIUM ?= $(firstword $(wildcard /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome))
FIREFOX ?= $(firstword $(wildcard /usr/bin/firefox-esr /usr/bin/firefox))
export CHROMIUM FIREFOX
# A server starts faster from what another has compiled; tests start fifty.
unexport PYTHONDONTWRITEBYTECODE
# Tests wait for disks more than for anything else: their folders are in memory where there is room.
test: export TMPDIR ?= $(shell [ "$$(df --output=avail /dev/shm 2>/dev/null | tail -1)" -gt 4000000 ] 2>/dev/null && echo /dev/shm || echo /tmp)
JOBS ?= 4

.DEFAULT_GOAL := help
.PHONY: help run test check bench pages shots mutants words clean

help: ## list these targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

run: $(VENV)/.run ## serve; an empty data folder gets the conference of 16 July 2020
	@exec $(BIN)/python -m meetings run

test: $(VENV)/.test ## every test (ARGS= goes to pytest instead)
	@./.ci/packages browsers
	@./.ci/packages database
	@export CHROMIUM="$${CHROMIUM:-$$(./.ci/packages path chromium)}" FIREFOX="$${FIREFOX:-$$(./.ci/packages path firefox)}"; \
	$(if $(ARGS),$(BIN)/python -m pytest $(ARGS),./.ci/test $(BIN)/python $(JOBS))

check: $(VENV)/.test tests/node_modules/.stamp ## style and types of Python and JavaScript
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	tests/node_modules/.bin/tsc -p tests/jsconfig.json

bench: $(VENV)/.test ## measure (ONLY=name runs one)
	@$(BIN)/python -m tests.bench $(if $(ONLY),--only $(ONLY))

pages: $(VENV)/.test ## look for faults in every page and state, in both languages: axe-core, policy, width, words (ten minutes)
	@$(MAKE) test ARGS="--every-state tests/browser/test_pages.py"

shots: $(VENV)/.test ## take pictures of every page and state in both languages, phones too, into static/shots (five minutes)
	@./.ci/packages browsers
	@CHROMIUM="$${CHROMIUM:-$$(./.ci/packages path chromium)}" $(BIN)/python -m tests.browser.shots

mutants: $(VENV)/.mutants ## change the floor's rules in 2000 small ways and see that a test fails for each (ten minutes)
	@rm -rf $(VENV)/mutants && mkdir $(VENV)/mutants
	@git ls-files -z meetings signaling tests pyproject.toml | xargs -0 tar c | tar x -C $(VENV)/mutants
	@cd $(VENV)/mutants && PYTHONPATH="$(abspath $(VENV))/mutmut" $(abspath $(BIN))/python -m mutmut run
	@cd $(VENV)/mutants && PYTHONPATH="$(abspath $(VENV))/mutmut" $(abspath $(BIN))/python -m mutmut results

words: $(VENV)/.test ## gather new messages into the English catalogue
	$(BIN)/pybabel -q extract -F meetings/translations/babel.cfg --no-wrap --sort-by-file --omit-header \
		-k _ -k lazy_gettext -o $(VENV)/messages.pot .
	$(BIN)/pybabel -q update -i $(VENV)/messages.pot -l en -o meetings/translations/en/LC_MESSAGES/messages.po \
		--no-wrap --no-fuzzy-matching --ignore-obsolete --omit-header

clean: ## remove what these targets made (never the data)
	rm -rf $(VENV) tests/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.made:
	@./.ci/packages python "$(PYTHON)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: requirements.txt | $(VENV)/.made
	@echo "Installing what the program runs on …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.test: tests/requirements.txt $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@

$(VENV)/.mutants: $(VENV)/.test
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --target $(VENV)/mutmut mutmut==3.8.1
	@touch $@

tests/node_modules/.stamp: tests/package.json tests/package-lock.json
	@./.ci/packages node
	@cd tests && npm ci --silent --no-audit --no-fund
	@touch $@

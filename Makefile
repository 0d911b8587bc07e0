# `make` lists what there is. Every target installs what it needs, once, into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help search index bot lint test torture fuzz bench eval docs audit package lock clean

help: ## list these targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

search: $(RUN) ## ask a question: make search Q="comment créer une Scic ?"
	@if [ -z "$$Q" ]; then echo 'make search Q="comment créer une Scic ?"'; exit 2; fi; \
	$(BIN)/coopbot search -- "$$Q"

index: $(RUN) ## bring the index in line with the articles
	@$(BIN)/coopbot index

bot: $(RUN) ## run the Telegram bot (needs COOPBOT_TELEGRAM_TOKEN)
	@$(BIN)/coopbot bot

test: $(DEV) ## run the tests
	$(BIN)/python -m pytest

fuzz: $(DEV) ## look for inputs that break something: make fuzz TARGET=question SECONDS=60
	$(BIN)/python -m tests.fuzz $(or $(TARGET),question) --seconds $(or $(SECONDS),60)

lint: $(DEV) ## check style, formatting and types; tell of known vulnerabilities
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@deploy/audit $(BIN)/python || echo "(told only: make audit fails for it)"

torture: $(DEV) ## kill and damage it some hundred times, and write docs/reliability.md (15 minutes)
	$(BIN)/python -m tests.torture --write docs/reliability.md

bench: $(if $(DIRS),$(DEV),$(RUN)) ## measure the speed here, or beside other engines: make bench DIRS="collection ..."
	@$(BIN)/coopbot bench $(if $(DIRS),$(DIRS) --write docs $(if $(WORK),--work $(WORK)))

eval: $(DEV) ## measure the answers: golden questions, or make eval DIRS="collection ..."
	@for dir in $(if $(DIRS),$(DIRS),''); do $(BIN)/coopbot eval $$dir || exit; done

docs: $(DEV) ## write docs/commands.*.md anew from --help
	$(BIN)/python -m tests.reference

audit: $(RUN) ## look for known vulnerabilities of the libraries (needs a network)
	@deploy/audit $(BIN)/python

package: $(RUN) ## build sdist and wheel, and try the wheel in a clean environment
	@deploy/try-wheel $(PYTHON)

lock: ## pin exact versions anew (needs uv)
	uv pip compile pyproject.toml --extra build --universal --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --python-version 3.11 --output-file requirements.txt
	uv pip compile pyproject.toml --extra build --extra eval --extra bench --extra dev --universal --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --python-version 3.11 --output-file requirements-dev.txt
	uv pip compile pyproject.toml --extra build --extra qdrant --universal --generate-hashes --no-emit-index-url \
	  --no-header --no-annotate --python-version 3.11 --output-file deploy/requirements.txt

clean: ## remove the virtual environment and the index
	rm -rf $(VENV)
	find index -mindepth 1 -not -name README.md -delete

# A question may hold anything, so it reaches the recipe through the environment, not through make.
export Q

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Coopbot needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..."; exit 2; }
	@echo "Installing (once)..."
	@$(PYTHON) -m venv $(VENV)

$(RUN): requirements.txt pyproject.toml | $(VENV)/bin/python
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): requirements-dev.txt $(RUN)
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-dev.txt
	@touch $@

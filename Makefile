# `make run` and `make test` do all their set-up; the other habits are one command each.
SHELL := /bin/bash
BIN := .venv/bin
BENCH ?= all
.DEFAULT_GOAL := help
.PHONY: help setup train run chat test check data-check bench widget lock clean

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | column -t -s "$$(printf '\t')"

setup:  ## make .venv with Python 3.10 and the locked packages
	@scripts/setup.sh

train: setup  ## train the model if its data changed
	@$(BIN)/liaison train

run: setup  ## run everything and open http://127.0.0.1:8000/demo
	@$(BIN)/liaison up

chat: train  ## talk to the assistant in the terminal
	@$(BIN)/liaison chat

test: train  ## run all tests
	@$(BIN)/python -m pytest

check: setup  ## format, lint, types, import layers, data files
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/liaison data-check

data-check: setup  ## check training data, lexicon, replies and shop files
	@$(BIN)/liaison data-check

bench: train  ## measure; BENCH=nlu for one part
	@$(BIN)/python -m bench $(BENCH)

widget:  ## build widget/widget.js from widget/src (needs npm)
	@scripts/widget.sh

lock: setup  ## renew requirements.lock from the .in files
	@.tools/bin/uv pip compile --quiet --python-version 3.10 --generate-hashes --no-emit-index-url --upgrade \
	  requirements-dev.in -o requirements.lock

clean:  ## remove what the commands made, the database in var/ too
	@rm -rf .venv .tools var models .pytest_cache .mypy_cache .ruff_cache

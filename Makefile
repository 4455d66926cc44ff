# `make` lists what can be done. Each target sets itself up from a clean clone, asks nothing and needs no
# activated environment; pass arguments on with ARGS, as in `make test ARGS="-k cloze"`.
.DEFAULT_GOAL := help
.PHONY: help run test check fix lock bank wheel clean

ARGS ?=
# How many processes, and in which order: tests/conftest.py. The tests of a file stay together, as they share what is
# costly to make; sorted by size, as is the default, the long single tests would come last and be waited for.
PYTEST = $(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder
BIN := .venv/bin
COMPILE := $(BIN)/uv --no-config pip compile pyproject.toml --group build --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --quiet

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s  %s\n", $$1, $$2 }' Makefile

run: ## Set up, prepare the data folder and serve the app (ARGS for `quizapp serve`)
	sh scripts/setup
	$(BIN)/quizapp init
	exec $(BIN)/quizapp serve $(ARGS)

test: ## Set up for development and run every test (ARGS for pytest)
	sh scripts/setup dev
	$(PYTEST) $(ARGS)

check: ## Everything that must hold before a change lands: lint, types, layers, bank, tests
	sh scripts/setup dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/quizapp bank check
	$(PYTEST) $(ARGS)

fix: ## Repair what can be repaired by machine: imports, style, formatting
	sh scripts/setup dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: ## Write both locks after a change in pyproject.toml (ARGS="--upgrade" for newer versions)
	sh scripts/setup dev
	$(COMPILE) $(ARGS) --output-file requirements.lock
	$(COMPILE) $(ARGS) --extra dev --constraints requirements.lock --output-file requirements-dev.lock

bank: ## Check the question bank
	sh scripts/setup
	$(BIN)/quizapp bank check $(ARGS)

wheel: ## Build the wheel into dist/
	sh scripts/setup dev
	$(BIN)/python -m build --wheel --no-isolation $(ARGS)

clean: ## Remove what set-up, tests and builds made; data folders are left alone
	rm -rf .venv build dist .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

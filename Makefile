# Two commands do everything: `make daily` and `make test`. Each sets up what it needs first.
.POSIX:
PYTHON ?= python3
BIN = .venv/bin

.PHONY: daily test check browser wheel golden clean

daily: .venv/ready
	@$(BIN)/digest --quiet subscribers import sample/subscribers.csv
	@$(BIN)/digest send daily --yes

test: .venv/ready-dev browser
	$(BIN)/pytest --numprocesses auto --cov --cov-report=term:skip-covered

check: .venv/ready-dev
	$(BIN)/ruff format --check src tests benchmarks scripts
	$(BIN)/ruff check src tests benchmarks scripts
	$(BIN)/mypy
	$(BIN)/lint-imports

# What tests need from the system: a Chromium and a PostgreSQL server. Says what it could not bring.
browser:
	@sh scripts/system-packages.sh

wheel: .venv/ready-dev
	@sh scripts/try-wheel.sh $(BIN)/python

golden: .venv/ready-dev
	DIGEST_GOLDEN=write $(BIN)/pytest tests/render tests/check

clean:
	rm -rf .venv var dist .pytest_cache .mypy_cache .ruff_cache .coverage

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "digest needs Python 3.11 or later; name one with: make daily PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || \
	  { echo "Python's venv module is missing; on Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }

.venv/ready: .venv/bin/python pyproject.toml
	@echo "Setting up (once, about a minute) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[web]'
	@touch $@

.venv/ready-dev: .venv/bin/python pyproject.toml
	@echo "Setting up for tests (once, about two minutes) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch .venv/ready $@

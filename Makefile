# Everything a newcomer needs: `make run` to try it, `make test` to trust it.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON3 ?= $(shell command -v python3.11 || command -v python3)
PY := .venv/bin/python
MANAGE := $(PY) manage.py
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement
LOCK := .venv/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock"
PORT ?= 8000
BOOK := docs/book/sample.xlsx
FIRST_MONTH := 2025-01

.PHONY: help setup run demo test night faults bench lint format lock sbom audit clean

help:  ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

.venv/.run: requirements.txt
	@test -n "$(PYTHON3)" || { echo "csoc_admin needs Python 3.11."; exit 1; }
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "csoc_admin needs Python 3.11 or later."; exit 1; }
	@test -x $(PY) || $(PYTHON3) -m venv .venv || { echo "Python's venv module is missing (Debian: python3.11-venv)."; rm -rf .venv; exit 1; }
	$(INSTALL) requirements.txt
	@touch $@

.venv/.test: requirements-test.txt .venv/.run
	$(INSTALL) requirements-test.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	$(INSTALL) requirements-dev.txt
	@touch $@

setup: .venv/.run  ## the environment with what running needs (requirements.txt)

run: setup  ## set up, take the sample book in, close its months, write a report, serve the admin
	$(MANAGE) migrate --verbosity 0
	$(MANAGE) import_book $(BOOK)
	$(MANAGE) close_month $(FIRST_MONTH) --until-last
	$(MANAGE) issue_invoices
	$(MANAGE) run_due_jobs
	$(MANAGE) export_month last --format xlsx --output var/report.xlsx
	$(MANAGE) collectstatic --noinput --verbosity 0
	$(MANAGE) demo_users
	@echo "管理画面 / the admin: http://127.0.0.1:$(PORT)/admin/   (Ctrl+C で終了 / stops it)"
	@LOG_LEVEL=WARNING .venv/bin/gunicorn --bind 127.0.0.1:$(PORT) --workers 2 --log-level warning csoc_admin.wsgi

demo: export DATABASE_URL := sqlite:///$(CURDIR)/var/demo.sqlite3
demo: setup  ## the main job alone, step by step, in a database of its own
	@mkdir -p var && rm -f var/demo.sqlite3*
	@$(MANAGE) migrate --verbosity 0
	$(MANAGE) import_book $(BOOK)
	$(MANAGE) close_month 2025-01 --until 2025-12 --on 2026-01-05
	$(MANAGE) export_month 2025-12 --format csv --output var/2025-12.csv
	@head -n 4 var/2025-12.csv
	$(MANAGE) export_book var/book

test: .venv/.test  ## the test suite in parallel, on SQLite or on the database that DATABASE_URL names
	$(PY) -m pytest --numprocesses auto --dist worksteal $(ARGS)

night: .venv/.test  ## the properties alone, each tried on twenty times as many examples
	$(PY) -m pytest --numprocesses auto --dist worksteal --hypothesis-profile night -m hypothesis $(ARGS)

faults: .venv/.test  ## races of 50 at every button and 10,000 kills (PostgreSQL for the races; hours)
	CSOC_KILLS=10000 CSOC_RACES=50 $(PY) -m pytest --numprocesses auto --dist worksteal tests/faults $(ARGS)

bench: setup  ## close_month (10,000, 100,000 and 1,000,000 contracts) and the CSV of its lines against a bare COPY of the same rows; pages and jobs; the book in and out (100,000; PostgreSQL; N="10000 100000" for other sizes)
	$(PY) tests/bench/close_month.py --contracts $(or $(N),10000 100000 1000000)
	$(PY) tests/bench/export_lines.py --contracts $(lastword $(or $(N),100000))
	$(PY) tests/bench/pages.py --contracts $(or $(N),100000)
	$(PY) tests/bench/book_io.py --contracts $(or $(N),100000)
	$(PY) tests/bench/documents.py

lint: .venv/.dev  ## layout, lint, types, Django's own checks
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) check

format: .venv/.dev  ## put the layout right
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

lock: .venv/.dev  ## pin what pyproject.toml names, and what that brings along, with hashes (ARGS=--upgrade for newer ones)
	$(LOCK) $(ARGS) pyproject.toml --output-file requirements.txt
	$(LOCK) $(ARGS) --group test --constraint requirements.txt --output-file requirements-test.txt
	$(LOCK) $(ARGS) --group dev --constraint requirements.txt --constraint requirements-test.txt --output-file requirements-dev.txt

sbom: .venv/.dev  ## what it is made of: a bill of materials (CycloneDX) of what running needs, var/sbom.json
	@mkdir -p var
	.venv/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --output-file var/sbom.json requirements.txt

audit: .venv/.dev  ## known holes in what it is made of (asks a service on the network)
	.venv/bin/pip-audit --requirement requirements.txt --require-hashes --disable-pip --vulnerability-service osv --progress-spinner off

clean:  ## throw the environment, the databases and the reports away
	rm -rf .venv var db.sqlite3* .pytest_cache .mypy_cache .ruff_cache .hypothesis

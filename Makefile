# Every command a newcomer needs. "make run" and "make test" set everything up by themselves.

VENV    := .venv
BIN     := $(VENV)/bin
PYTHON  ?= python3
STAMP   := $(VENV)/.installed

.PHONY: run test install eval figures bench lint format types lock train clean

run: install            ## start the web application on http://127.0.0.1:7860
	$(BIN)/policybot serve

test: install lint types ## linters, type check, every test (browser tests in a third of their variants)
	$(BIN)/pytest $(PYTEST_OPTIONS)

install: $(STAMP)       ## set up .venv with the locked dependencies

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "policybot needs Python 3.11 or newer; found: $$($(PYTHON) --version 2>&1). Name another with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

eval: install           ## measure the assistant on the dev half of the cases
	$(BIN)/policybot eval run --half dev

# Other policies are measured too where PolicyQA's dev.json is named: make figures POLICYQA=dev.json
figures: install        ## measure everything on the test half, into README.md and docs/evaluation.md
	$(BIN)/policybot eval figures $(if $(POLICYQA),--policyqa $(POLICYQA))

bench: install          ## speed, as ratios within one run
	$(BIN)/python -m eval.bench
	$(BIN)/python -m eval.bench_web

train: install          ## make the trained heads from the question bank again
	$(BIN)/policybot train

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: install
	$(BIN)/mypy

# The pinned torch may resolve to a build for one kind of machine ("+cpu"): the lock names none.
lock: install           ## pin every dependency anew
	$(BIN)/pip-compile --quiet --extra dev --strip-extras --no-header --no-annotate --no-emit-index-url \
	  --no-emit-trusted-host --no-emit-find-links --output-file requirements.lock pyproject.toml
	sed -i 's/^\(torch==[0-9.]*\)+.*/\1/' requirements.lock

clean:                  ## remove the environment and all state
	rm -rf $(VENV) .policybot

# make run, make test: that is all a fresh machine with Python 3.11 or newer needs.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: run test lint bench load quality audit sbom help lock

run: $(VENV)/.ready ## Set up, load the demo centre on first use, serve the site
	@$(BIN)/matchmaker demo

test: $(VENV)/.ready-dev ## Set up and run the whole suite
	$(BIN)/python -m pytest -n auto --maxprocesses 4 $(PYTEST)

lint: $(VENV)/.ready-dev ## Style of code and templates, types, who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djangofmt --check templates
	$(BIN)/djangofmt check templates
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.ready-dev ## Speed beside named baselines, as ratios
	$(BIN)/python -m tests.benchmark $(BENCH)

load: $(VENV)/.ready-dev ## People of all roles at a served site, beside a bare page: LOAD="20000 --on servers"
	@$(BIN)/python -m tests.load $(LOAD)

quality: $(VENV)/.ready-dev ## Quality of reading, ranking and finding twins: TWINS="--data FOLDER"
	$(BIN)/python -m tests.reading
	$(BIN)/python -m tests.ranking $(QUALITY)
	$(BIN)/python -m tests.twins $(TWINS)

# A promise of docs/security.md put to the test in about a minute on a quiet machine; the long forms are for a night: CHECK=--all,
# CHECK="--kills 300" and the like; CHECK=--help names the options.
check-%: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.checks.$* $(CHECK)

check-api: ## Generated requests of every reader to the interface for programs
check-backup: ## A backup under writes, restored and compared
check-centres: ## People of three centres do anything to anything at random: centres never mix (--all)
check-cluster: ## A node of three of Elasticsearch killed under readers and a writer (--suppliers 1000000)
check-deploy: ## Processes replaced and, with --all, tables migrated under requests
check-edge: ## Over a hundred hostile and odd requests, each with the answer that was promised
check-entry: ## Sessions that end, limits on guessing, no account told by words or time
check-files: ## Hostile files through every door of a served site, and /healthz meanwhile (--all)
check-hidden: ## Needs, quotes, drawings, profiles, messages of others beside what is not there, by words and time
check-imports: ## Kills inside an import, which then ends as one that nobody disturbed (--rows 20000, --kills 10)
check-index: ## Kills inside commits of the index, damages to its folder (--all, --kills 100)
check-inputs: ## The 64 bad inputs, each by its requests and tests; CHECK=--files sends the hostile files too
check-journal: ## Tamperings with the journal, each found
check-kills: ## Site and worker killed under writers: nothing lost, half or double (--kills 300, --postgresql)
check-lanes: ## A site broken by hand: silent mail server, taken port, SIGTERM under visitors
check-leaks: ## Planted contact data, prices and quotes, looked for as every reader on every page (--all)
check-presses: ## Equal presses at once, two operators at one record (--rounds 500, --postgresql)
check-steps: ## Every form and change of a program with each of its statements and commits failing: all of it is done, or nothing (--all)

audit: $(VENV)/.ready-dev ## The pinned packages beside published holes: OSV=FILE, as osv.dev publishes it for PyPI
	@$(BIN)/python -m tests.checks.audit $(if $(OSV),--osv $(OSV))

sbom: $(VENV)/.ready-dev ## The bill of materials of the pinned packages, CycloneDX JSON into SBOM=FILE
	@$(BIN)/python -m tests.checks.sbom $(if $(SBOM),--output $(SBOM))

lock: ## Renew the pinned versions (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url --no-emit-find-links pyproject.toml config/build.in -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url --no-emit-find-links pyproject.toml config/build.in --group dev -c requirements.lock -o requirements-dev.lock

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

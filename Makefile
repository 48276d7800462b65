# The developer's commands. Needs git, make and Python 3.11 or newer; everything else is installed into .venv.
# Variables of the settings may be given on the command line: make run PORT=8001

PYTHON_IN_VENV := .venv/bin/python
RUNTIME := .venv/.runtime-installed
DEVELOPMENT := .venv/.development-installed

.DEFAULT_GOAL := help
.PHONY: help setup run dev test test-fast check migrate seed bench bench-start bench-bundle bench-events bench-sign-in bench-desk bench-faults bench-exam bench-gradebook bench-realtime bench-ai bench-ai-streams conformance messages clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(DEVELOPMENT) ## Install everything for work on the code, and start nothing

run: $(RUNTIME) ## Start the platform and print its address and accounts
	@exec $(PYTHON_IN_VENV) -m eduplatform run

dev: $(RUNTIME) ## The same with hot reload
	@exec $(PYTHON_IN_VENV) -m eduplatform run --dev

test: $(DEVELOPMENT) ## Static checks, then every test; ARGS go to pytest
	@exec $(PYTHON_IN_VENV) scripts/test.py $(ARGS)

test-fast: $(DEVELOPMENT) ## The tests that need no browser; ARGS go to pytest
	@exec $(PYTHON_IN_VENV) -m pytest -m "not e2e" $(ARGS)

check: $(DEVELOPMENT) ## Style, types, and who may import whom
	@exec $(PYTHON_IN_VENV) scripts/check.py

migrate: $(RUNTIME) ## Bring the database to the newest schema
	@exec $(PYTHON_IN_VENV) -m eduplatform migrate

seed: $(RUNTIME) ## Add the demonstration data, once
	@exec $(PYTHON_IN_VENV) -m eduplatform seed

bench: bench-start bench-bundle bench-events bench-sign-in bench-desk bench-faults bench-exam ## All measurements

bench-start: $(RUNTIME) ## Seconds until a fresh clone, and a second start, answer
	@exec $(PYTHON_IN_VENV) benchmarks/start.py $(ARGS)

bench-bundle: $(DEVELOPMENT) ## JavaScript and CSS of each page
	@exec $(PYTHON_IN_VENV) -m benchmarks.bundle $(ARGS)

bench-events: $(DEVELOPMENT) ## Start pages under 300 sessions
	@exec $(PYTHON_IN_VENV) -m benchmarks.events $(ARGS)

bench-sign-in: $(DEVELOPMENT) ## Refusals, and a hundred sign-ins at once
	@exec $(PYTHON_IN_VENV) -m benchmarks.sign_in $(ARGS)

bench-desk: $(DEVELOPMENT) ## The next work on the grading desk, in a real browser
	@exec $(PYTHON_IN_VENV) -m benchmarks.desk $(ARGS)

bench-faults: $(DEVELOPMENT) ## Answers while the server is killed, 200 times
	@exec $(PYTHON_IN_VENV) -m benchmarks.faults $(ARGS)

bench-exam: $(DEVELOPMENT) ## An exam: everybody begins at once, then everybody writes
	@exec $(PYTHON_IN_VENV) -m benchmarks.exam $(ARGS)

bench-ai-streams: $(DEVELOPMENT) ## A hundred tutor streams at once, and other events beside them
	@exec $(PYTHON_IN_VENV) -m benchmarks.ai_streams $(ARGS)

bench-gradebook: $(DEVELOPMENT) ## Open and scroll a gradebook of 5,000 students by 60 columns
	@exec $(PYTHON_IN_VENV) -m benchmarks.gradebook $(ARGS)

bench-ai: $(DEVELOPMENT) ## The rule engine on the development sets, where they are present
	@exec $(PYTHON_IN_VENV) -m benchmarks.ai $(ARGS)

bench-realtime: $(DEVELOPMENT) ## Sockets: one message to 2,000, memory, a restart, a killed process; a change on another screen
	@$(PYTHON_IN_VENV) -m benchmarks.realtime $(ARGS); sockets=$$?; $(PYTHON_IN_VENV) -m benchmarks.live_screens && exit $$sockets

conformance: $(DEVELOPMENT) ## Pusher's own client tests and server library against our Channels server
	@exec $(PYTHON_IN_VENV) -m conformance.run

messages: $(DEVELOPMENT) ## Collect the texts of the interface for translation
	@exec $(PYTHON_IN_VENV) scripts/messages.py $(or $(ARGS),update)

clean: ## Remove what can be made again; data in .data stays
	@rm -rf .venv .web .pytest_cache .ruff_cache .hypothesis .coverage .import_linter_cache assets/i18n assets/external
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNTIME): requirements.txt scripts/setup.sh
	@scripts/setup.sh requirements.txt
	@touch $@

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME)
	@scripts/setup.sh requirements-dev.txt
	@touch $@

# Two commands do everything:  make serve  and  make test.  `make help` lists the rest.

.DEFAULT_GOAL := help
.PHONY: help serve test fuzz audit soak bench golden screenshots lint format messages schema lock clean
.DELETE_ON_ERROR:

BIN := .venv/bin
PINS := pyproject.toml requirements/build.txt requirements/runtime.txt
PORT ?= 8000
TESTS ?=
BENCH ?=
MINUTES ?= 10

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: .venv/.installed-runtime ## Install, serve sessions.yaml and a preview as of 20 May 2021
	@$(BIN)/python tools/serve.py --port $(PORT)

test: .venv/.installed-test ## Install what tests need and run all of them (TESTS=… for some)
	@tools/install-readers
	$(BIN)/python -m pytest --numprocesses=auto --dist=loadgroup $(TESTS)

fuzz: .venv/.installed-security ## Search for rare faults: property tests, then MINUTES=… of the reader
	@tools/install-readers
	$(BIN)/python -m pytest --numprocesses=auto --hypothesis-profile=fuzz -m "fuzz or hypothesis" $(TESTS)
	PYTHONPATH=tests $(BIN)/python tests/security/fuzz_reader.py $$(($(MINUTES) * 60)) .hypothesis/reader

audit: .venv/.installed-security ## Ask the Internet which pins have known vulnerabilities
	$(BIN)/pip-audit --require-hashes --disable-pip --vulnerability-service osv \
		-r requirements/build.txt -r requirements/runtime.txt

soak: .venv/.installed-test ## Serve 200 subscribers for half an hour while everything happens
	@tools/install-readers
	SOAK_MINUTES=$${SOAK_MINUTES:-30} $(BIN)/python -m pytest --capture=no tests/soak/test_soak.py

screenshots: .venv/.installed-test ## Write pictures of the main pages into screenshots/
	@tools/install-readers
	PYTHONPATH=tests $(BIN)/python tests/browser/screenshots.py screenshots

bench: .venv/.installed-bench ## Measure speed and memory against peers, into docs/performance.md
	@tools/install-peers
	@$(BIN)/python -m benchmarks $(BENCH); status=$$?; \
	$(BIN)/python -m benchmarks.drawing && exit $$status

golden: .venv/.installed-test ## Write the golden files anew, to be read in the diff
	$(BIN)/python -m pytest --update-golden tests/golden

lint: .venv/.installed-lint ## Check style, types and the layers of the imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.installed-lint ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

messages: .venv/.installed-runtime ## Bring the German wordings (.po) into line with the code
	$(BIN)/python tools/messages.py

schema: .venv/.installed-runtime ## Write the JSON Schema that editors use
	@mkdir -p schema
	$(BIN)/impulscal schema > schema/sessions.schema.json.new
	mv schema/sessions.schema.json.new schema/sessions.schema.json

# Pins stay as they are unless pyproject.toml asks for another; UPGRADE=1 takes the newest.
COMPILE = $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 \
	--generate-hashes --no-annotate --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

lock: .venv/.installed-lint ## Pin all dependencies with hashes (UPGRADE=1: the newest ones)
	$(COMPILE) pyproject.toml --output-file requirements/runtime.txt
	$(COMPILE) --group build $(foreach file,runtime,-c requirements/$(file).txt) \
		--output-file requirements/build.txt
	$(COMPILE) --group test $(foreach file,runtime build,-c requirements/$(file).txt) \
		--output-file requirements/test.txt
	$(COMPILE) --group lint $(foreach file,runtime build test,-c requirements/$(file).txt) \
		--output-file requirements/lint.txt
	$(COMPILE) --group security $(foreach file,runtime build test lint,-c requirements/$(file).txt) \
		--output-file requirements/security.txt
	$(COMPILE) --group bench $(foreach file,runtime build test lint,-c requirements/$(file).txt) \
		--output-file requirements/bench.txt

clean: ## Remove what was installed or cached (never instance/, which holds the history)
	rm -rf .venv tests/read_back/node_modules tests/browser/node_modules screenshots build dist
	rm -rf benchmarks/node_modules
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.installed-runtime: $(PINS)
	@tools/install runtime

.venv/.installed-test: $(PINS) requirements/test.txt
	@tools/install runtime test

.venv/.installed-lint: $(PINS) requirements/test.txt requirements/lint.txt
	@tools/install runtime test lint

.venv/.installed-security: $(PINS) requirements/test.txt requirements/security.txt
	@tools/install runtime test security

.venv/.installed-bench: $(PINS) requirements/bench.txt
	@tools/install runtime bench

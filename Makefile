.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INTEGRATION := tests/integration tests/terraform tests/deploy tests/sandbox/aws/test_terraform.py
RESULTS := .test-results
PYTEST := $(BIN)/python -m pytest --dist loadfile --no-loadscope-reorder $(if $(CI),--durations=20)
# A file's sandbox is started once, and the order is that of tests/conftest.py. Integration tests wait more than they work;
# with GOGC, Go's own variable, a provider's start takes a fifth less CPU.
# Folders with nothing but integration tests are not even collected, which each worker would do by itself.
RUN_UNIT := $(PYTEST) -n auto -m 'not integration and not consumers' \
    --ignore tests/integration --ignore tests/terraform \
    --junitxml=$(RESULTS)/unit.xml
RUN_INTEGRATION := GOGC=400 $(PYTEST) -n 6 -m 'integration and not crash' --junitxml=$(RESULTS)/integration.xml $(INTEGRATION)
DOMAIN ?= example.com
LOCK := scripts/image/requirements.txt
unexport PYTHONDONTWRITEBYTECODE # of hundreds of processes, each would compile everything anew

.PHONY: help setup demo test test-unit test-consumers test-crash test-times test-image image lint lock bench bench-batch bench-audit bench-doctor clean

help: ## print the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.ready ## make .venv with everything in it

$(VENV)/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[sandbox,dev]'
	@touch $@

demo: setup ## the whole main job against the sandbox (DOMAIN=... for another domain)
	@$(BIN)/provisioner demo $(DOMAIN)

test: setup ## lint, types, and the tests, side by side
	@mkdir -p $(RESULTS)
	@# To collect the tests compiles them once; otherwise each worker would.
	@$(MAKE) --no-print-directory lint > $(RESULTS)/lint.log 2>&1 & lint=$$!; \
	    $(PYTEST) --collect-only --quiet > $(RESULTS)/collected.log || { cat $(RESULTS)/collected.log; exit 1; }; \
	    $(RUN_UNIT) > $(RESULTS)/unit.log 2>&1 & unit=$$!; $(RUN_INTEGRATION); integration=$$?; \
	    wait $$lint; lint=$$?; cat $(RESULTS)/lint.log; wait $$unit; unit=$$?; cat $(RESULTS)/unit.log; \
	    exit $$((lint ? lint : unit ? unit : integration))

test-unit: setup ## the tests that need neither Terraform nor a network
	$(RUN_UNIT)

test-consumers: setup ## let Postfix, PHPMailer, Nodemailer and others send with the exported forms (root, Debian)
	scripts/test_consumers.sh

test-crash: setup ## kill runs, break files, inject faults: twenty minutes
	GOGC=400 $(PYTEST) -n 3 -m crash tests/integration

test-times: ## take the order of the tests from how long they took in the last `make test`
	$(BIN)/python tests/times.py $(RESULTS)/unit.xml $(RESULTS)/integration.xml

image: setup ## build the container image `provisioner`
	$(BIN)/provisioner container build

test-image: setup ## build the image and prove it in a real container engine
	scripts/test_image.sh

lint: setup ## ruff, mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lock: setup ## pin what the image installs, with checksums, from pyproject.toml
	{ head -n 1 $(LOCK); $(BIN)/uv pip compile pyproject.toml --quiet --extra sandbox --extra queries --generate-hashes --universal \
	    --python-version 3.11 --no-annotate --no-header; } > $(LOCK).new
	mv $(LOCK).new $(LOCK)

bench: setup ## ratios: a second run against bare terraform plan; --help against python -c pass
	$(BIN)/python -m benchmarks

bench-batch: setup ## a batch beside the plain terraform loop (ARGS='--domains 50 --plain-parallel 12' for more)
	$(BIN)/python -m benchmarks.batch $(ARGS)

bench-audit: setup ## events collected within a Lambda's limits, a million asked (ARGS='--collect 10000 --query 100000' for less)
	$(BIN)/python -m benchmarks.audit $(ARGS)

bench-doctor: setup ## the doctor of one domain beside its longest wait, and of 100 domains (ARGS='--domains 10' for less)
	$(BIN)/python -m benchmarks.doctor $(ARGS)

clean: ## remove .venv and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis $(RESULTS)

# Every target sets up what it needs, again only when setup.cfg has changed. Words for the command: ARGS="--port 0".
PYTHON      ?= python3
CONFORMANCE ?= ../shared/conformance
BIN         := .venv/bin

.PHONY: help serve test properties lint bench coverage conformance tempest gophercloud harness clean

help:         ## show this list
	@sed -n 's/^\([a-z]*\): .*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

serve: .venv/.ready        ## a cloud on a port
	$(BIN)/fakecompute serve $(ARGS)

test: lint                 ## everything that CI runs: lint, then all tests
	$(BIN)/python -m pytest -n auto $(ARGS)

properties: .venv/.ready   ## the properties of the engine, with all their examples (make test has a quarter)
	THOROUGH=1 $(BIN)/python -m pytest -n auto tests/properties $(ARGS)

lint: .venv/.ready         ## ruff, and mypy as strict as it gets
	$(BIN)/ruff check
	$(BIN)/mypy

bench: .venv/.ready        ## how fast it is, on this machine
	$(BIN)/python -m tests.bench $(ARGS)

coverage: .venv/.ready     ## write docs/coverage.md: which operations there are
	$(BIN)/fakecompute coverage --markdown > docs/coverage.md

conformance: harness .venv/.ready .venv-nova/.ready .venv-cinder/.ready gophercloud  ## compare with real Nova and Cinder (CONFORMANCE=folder of the harness)
	rm -rf .traffic
	FAKECOMPUTE_TRAFFIC='$(CURDIR)/.traffic' $(BIN)/python -m pytest -q -n auto $(ARGS); tested=$$?; \
	export CONFORMANCE='$(abspath $(CONFORMANCE))'; \
	.venv-nova/bin/python -m tests.conformance.check .traffic && \
	.venv-nova/bin/python -m tests.conformance.ask && \
	.venv-nova/bin/python -m tests.conformance.ask_placement && \
	.venv-cinder/bin/python -m tests.conformance.check_cinder .traffic && \
	.venv-cinder/bin/python -m tests.conformance.ask_cinder && \
	.venv-cinder/bin/python -m tests.conformance.matrix && exit $$tested

tempest: harness .venv/.ready  ## OpenStack's own Tempest (CONFORMANCE=folder, REGEX=which tests)
	CONFORMANCE='$(abspath $(CONFORMANCE))' $(BIN)/python -m tests.conformance.tempest $(if $(REGEX),'$(REGEX)')

gophercloud: .venv/.ready  ## what Terraform's provider is made of, from an image to a server (where there is go)
	@command -v go > /dev/null || echo 'There is no go here, so that gophercloud is not tried.' >&2
	! command -v go > /dev/null || { cd tests/conformance/gophercloud && \
	    '$(CURDIR)/$(BIN)/fakecompute' run quick.yaml -- go test -count=1 ./...; }

harness:
	@test -d '$(CONFORMANCE)' || { \
	    echo "There is no '$(CONFORMANCE)'. The conformance harness does not travel with fakecompute:"; \
	    echo "    make conformance CONFORMANCE=/where/yours/is"; \
	    echo "Nothing else needs it; 'make test' does without."; exit 2; } >&2

clean:                     ## forget all that was made here
	rm -rf .venv .venv-nova .venv-cinder .traffic build dist *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache

.venv/.ready: setup.cfg pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@

.venv-nova/.ready: tests/conformance/requirements.txt
	$(PYTHON) -m venv .venv-nova
	.venv-nova/bin/python -m pip install --quiet --requirement $<
	@touch $@

.venv-cinder/.ready: tests/conformance/requirements-cinder.txt
	$(PYTHON) -m venv .venv-cinder
	.venv-cinder/bin/python -m pip install --quiet --requirement $<
	@touch $@

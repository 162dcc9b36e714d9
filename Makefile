# The portal's commands. Without make: python3 scripts/run.py, python3 scripts/check.py
PYTHON ?= python3

.PHONY: run test bench lint setup keys pictures

run: ## Set up what is missing and start the portal on port 8000 (PORT=8001 make run for another)
	@exec $(PYTHON) scripts/run.py

test: ## Set up what is missing and run every check on both database engines
	@exec $(PYTHON) scripts/check.py

bench: ## Set up what is missing and run the tests that have a full size at that size (long)
	@exec $(PYTHON) scripts/bench.py

lint: ## Only format, lint, import contracts and types
	@exec $(PYTHON) scripts/check.py format lint contracts types

setup: ## Only set up
	@$(PYTHON) scripts/prepare.py

keys: setup ## Make the missing key files in DPS_KEYS_DIR
	@.venv/bin/python -c "import pathlib, sys; from dps_portal import keyring; print(*keyring.create_missing(pathlib.Path(sys.argv[1])))" "$(or $(DPS_KEYS_DIR),$(error Say where they go: DPS_KEYS_DIR=FOLDER make keys))"

pictures: setup ## Take the pictures of the README afresh
	@.venv/bin/python scripts/pictures.py

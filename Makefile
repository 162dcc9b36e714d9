# The portal's commands. Without make: python3 scripts/run.py, python3 scripts/check.py
PYTHON ?= python3

.PHONY: run test setup keys pictures

run: ## Set up what is missing and start the portal on port 8000 (PORT=8001 make run for another)
	@exec $(PYTHON) scripts/run.py

test: ## Set up what is missing and run every check on both database engines
	@exec $(PYTHON) scripts/check.py

setup: ## Only set up
	@$(PYTHON) scripts/prepare.py

keys: setup ## Make the missing key files in DPS_KEYS_DIR
	@.venv/bin/python -c "import os, pathlib; from dps_portal import keyring; print(*keyring.create_missing(pathlib.Path(os.environ['DPS_KEYS_DIR'])))"

pictures: setup ## Take the pictures of the README afresh
	@.venv/bin/python scripts/pictures.py

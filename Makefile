# Everything happens in bootstrap.py, which works the same where there is no make.
PYTHON ?= python3

.PHONY: run test lint check bench soak shots lock

run:
	@$(PYTHON) bootstrap.py run

test:
	@$(PYTHON) bootstrap.py test

lint:
	@$(PYTHON) bootstrap.py lint

check:
	@$(PYTHON) bootstrap.py check

bench:
	@$(PYTHON) bootstrap.py bench

soak:
	@$(PYTHON) bootstrap.py soak

shots:
	@$(PYTHON) bootstrap.py shots

lock:
	@$(PYTHON) bootstrap.py lock

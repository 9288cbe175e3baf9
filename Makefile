# Everything happens in bootstrap.py, which works the same where there is no make.
PYTHON ?= python3

.PHONY: run test lint check bench soak shots lock

run test lint check bench soak shots lock:
	@$(PYTHON) bootstrap.py $@

"""Long runs that look for what short tests don't meet: ``SOAK_MINUTES=30 python -m tests.soak``."""

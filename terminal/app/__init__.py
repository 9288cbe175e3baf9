"""Use cases of the till, one a module."""

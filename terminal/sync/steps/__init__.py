"""The steps of one round with head office, one a module."""

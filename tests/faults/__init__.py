"""A disk that fails at every operation of everything a till does with it."""

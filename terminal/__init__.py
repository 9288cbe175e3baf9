"""The program a shop runs."""

"""Damage to a till's files, and whether it is noticed before anybody is told a wrong balance."""

"""Tests of everything, in the order of the source tree."""

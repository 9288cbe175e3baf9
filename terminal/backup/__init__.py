"""Copies of the ledger that are taken by themselves beside the open till: here, in a second place, in a black box."""

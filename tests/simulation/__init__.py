"""A deterministic simulation of tills and head office: one seed is one world, with its faults, that can be replayed.

The tills' files, their use cases, the sync client and head office are the real ones. Time, ids, chance and the line
between them belong to the simulation, which loses, repeats and delays messages, crashes both sides at any statement,
puts older files back and runs copies of a till. ``python -m tests.simulation SEED`` prints what happened.
"""

"""The terminal's ledger: one SQLite file that loses nothing and changes nothing."""

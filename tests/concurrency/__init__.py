"""Everything that may happen at once on one data directory."""

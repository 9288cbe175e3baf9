"""The central server: takes the tills' facts, keeps the canonical accounts, and tells every till what changed."""

"""What is known of members: their details under seal, found by keyed words, and forgotten."""

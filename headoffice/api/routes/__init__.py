"""One route a file: what it takes, what it answers, and which call of head office it is."""

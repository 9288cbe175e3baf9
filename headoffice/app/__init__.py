"""What head office does, one use case a file."""

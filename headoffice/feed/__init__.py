"""What tills fetch: changes numbered in the order of commits, statements, and the whole as one file."""

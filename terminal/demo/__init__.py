"""The demo shop: an invented bakery with a year behind it, and three customers who show what the till does."""

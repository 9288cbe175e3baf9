"""States and intents of the screens, without Qt."""

"""The till's side of head office: what goes up, what comes down, and when."""

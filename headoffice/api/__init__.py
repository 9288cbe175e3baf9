"""The HTTP side of head office: routes, problems, limits, metrics."""

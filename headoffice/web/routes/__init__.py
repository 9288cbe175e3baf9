"""One module a page, each with the handlers of that page."""

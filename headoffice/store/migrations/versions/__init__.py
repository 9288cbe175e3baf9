"""One file a layout; a released one is never changed."""

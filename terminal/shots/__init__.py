"""Pictures of every screen, for the documentation and for whoever looks at them."""

"""The pages people at head office use."""

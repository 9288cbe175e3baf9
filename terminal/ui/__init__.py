"""Widgets that render what the presenters say."""

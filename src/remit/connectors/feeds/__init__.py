"""Feeds (RSS, Atom) of the settings: fetched within bounds, read by feedparser."""

"""Connectors: one folder per counterpart, the same files in each."""

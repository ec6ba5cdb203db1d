"""Imports: a firm's own export into the records, as one action."""

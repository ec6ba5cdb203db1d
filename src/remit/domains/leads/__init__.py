"""Leads: not yet qualified; each converts at most once."""

"""Briefs: one page before a meeting, every line dated and sourced; and what somebody kept of it."""

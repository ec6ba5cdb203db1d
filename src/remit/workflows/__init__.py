"""Workflows: one durable story per file, reads top to bottom."""

"""Filings of managers: 13F holdings and what changed in them, Form ADV rows as facts about an account."""

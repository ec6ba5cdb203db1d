"""Contacts: people at accounts."""

"""Accounts: the firms that we sell to."""

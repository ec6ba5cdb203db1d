"""Remit: AI that sells only within its remit."""

__version__ = "0.1.0"

"""Figures with one definition each, as in docs/glossary.md. Pure."""

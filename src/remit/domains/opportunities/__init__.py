"""Opportunities (deals): stages, amounts, history."""

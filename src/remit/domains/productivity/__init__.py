"""Documented cases of better productivity: minutes before and with AI, evidence, and a manager's word (S0-G2)."""

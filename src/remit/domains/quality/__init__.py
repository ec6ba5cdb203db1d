"""Data quality: what is doubled, missing, stale or contradictory, and its repair."""

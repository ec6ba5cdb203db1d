"""Use of AI per person and ISO week, and where it has not begun: counts of the one registry of artefacts. Reads only."""

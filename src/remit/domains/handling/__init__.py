"""The data-handling policy among people: published by two, acknowledged by each, measured as gate S0-G3."""

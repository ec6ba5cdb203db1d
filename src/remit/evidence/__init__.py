"""Facts with their sources, and whether a sentence is backed by them. Pure: no database, no model."""

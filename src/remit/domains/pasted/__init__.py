"""Prospect text that a rep pastes: read for facts, classified, confirmed by the rep, recorded through the door."""

"""Finding accounts, people and deals by the beginning of their names."""

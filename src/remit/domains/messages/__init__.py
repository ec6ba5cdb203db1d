"""Messages: what went out, what came back, and what is uncertain."""

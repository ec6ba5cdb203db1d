"""What may be done, by whom, and how far an agent may go: Cedar decisions, remits, halts."""

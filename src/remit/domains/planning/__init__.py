"""What waits for a person, in the order in which it deserves their time."""

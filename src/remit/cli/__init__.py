"""The command line: the same queries and actions, another face."""

"""A competitor beside our product: approved facts of both by topic, our own wins and losses, a note that may be sent."""

"""Whether somebody may be written to: consent by channel, and the firm's do-not-contact list."""

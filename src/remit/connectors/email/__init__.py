"""E-mail: SMTP out, IMAP in, and a capture outbox when no mail server is set up."""

"""Sequences: contacts in a timed plan of e-mails, calls and tasks, each e-mail asked for at the door and approved by a person."""

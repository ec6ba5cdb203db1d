"""Activities: e-mails, calls, meetings, tasks and notes."""

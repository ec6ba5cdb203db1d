"""After a call or meeting: what was noted becomes facts, tasks and the follow-up message."""

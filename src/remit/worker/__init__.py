"""The worker process: delivers effects, receives mail, seals the audit log, keeps the house in order."""

"""The audit log as something people act on: exported, re-keyed."""

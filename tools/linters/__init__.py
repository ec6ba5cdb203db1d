"""Rules about this code base that no general linter knows. Run: `python -m tools.linters`; each has good and bad lines."""

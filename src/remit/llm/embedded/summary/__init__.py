"""Summaries without a model: sentences are ranked, chosen ones cut to terse lines, and every number is checked."""

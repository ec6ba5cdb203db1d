"""Supervision: rule profiles, approvals of template categories, the review queue, findings, and whether reviewers read."""

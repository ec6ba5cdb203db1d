"""Connections to the firm's CRM: what is connected, what was taken, what is gone there."""

"""The embedded writer: sentence plans with slots that facts fill. No model, no network, same facts same text."""

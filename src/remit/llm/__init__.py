"""The only way to a model, and the embedded writer that needs none."""

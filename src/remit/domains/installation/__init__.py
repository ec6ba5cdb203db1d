"""The installation itself as something people act on: backed up, restored."""

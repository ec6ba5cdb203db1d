"""The demo firm: Northlake Systems, simulated from a seed. Nothing in it is a real firm or person."""

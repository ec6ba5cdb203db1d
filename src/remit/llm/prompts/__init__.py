"""What we say to models: one file each, instructions above the line `---`, the question below."""

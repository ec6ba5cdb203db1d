"""Call notes and transcripts, read for what was said, decided, asked and promised. Reads only."""

"""Documents from outside: read into plain text, and filings read into holdings and facts. Nothing here writes."""

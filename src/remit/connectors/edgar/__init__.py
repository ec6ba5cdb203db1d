"""EDGAR: filings of a CIK, by edgartools in a process of its own."""

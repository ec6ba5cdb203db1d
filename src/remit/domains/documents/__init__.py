"""Documents: filings, transcripts, news, notes, battle cards; kept whole, so that facts can cite their words."""

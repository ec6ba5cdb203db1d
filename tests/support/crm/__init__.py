"""Counterparts of the CRMs that we connect to: stateful, over HTTP, and as strict as their documents say they are."""

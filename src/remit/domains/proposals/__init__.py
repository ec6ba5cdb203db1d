"""Proposals: from a deal's parameters to a document that a buyer reads, with every price and every claim from its record."""

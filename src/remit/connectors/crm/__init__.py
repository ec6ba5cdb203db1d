"""What connectors to CRMs share: a client that can only read, streams of records, pages written down for the door."""

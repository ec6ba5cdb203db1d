"""Who narrows and widens autonomy: remits granted and revoked, work halted and resumed."""

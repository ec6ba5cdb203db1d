"""Facts about accounts and about us: recorded with their source, corrected by a newer one, withdrawn, never erased."""

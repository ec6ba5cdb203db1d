"""Cases of `remit eval injection`: our own, and the public sets of the reference data when they are there."""

"""How long texts are kept, what a legal hold keeps beyond that, and the record of what was erased."""

"""The record: append-only log, Merkle tree of its records, signed heads, and their verification."""

"""The shipped policies, read and checked once for all tests of a process."""

from __future__ import annotations

from remit.policy.schema import DEFAULT_DIRECTORY, load

BOOK = load(DEFAULT_DIRECTORY)

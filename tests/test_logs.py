"""What other libraries log goes through our handler, a line a message."""

from __future__ import annotations

import logging

import pytest

from remit import logs


def test_a_library_speaks_through_ours_on_one_line(caplog: pytest.LogCaptureFixture) -> None:
    library = logging.getLogger("chatty_library")
    library.addHandler(logging.StreamHandler())
    logs.adopt("chatty_library")
    assert library.handlers == []
    library.warning(
        "Exception polling: %s",
        'Traceback (most recent call last):\n  File "a.py", line 1\nOperationalError: refused\n(Background on this error at: x)',
    )
    library.warning("two\n  lines, %s %%", 5)
    assert [record.getMessage() for record in caplog.records] == [
        "Exception polling: OperationalError: refused",
        "two lines, 5 %",
    ]

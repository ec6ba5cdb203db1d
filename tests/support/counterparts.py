"""Programs of others that some tests need. Where they are not, the tests are skipped; in CI, once they were installed, that is a failure."""

from __future__ import annotations

import os
import shutil

import pytest


def counterpart(variable: str, program: str, *, node: bool = True) -> str:
    """The place that an environment variable names; skips the whole module, or fails it where REMIT_REQUIRE_COUNTERPARTS asks for it.

    `REMIT_REQUIRE_COUNTERPARTS`: 1, or the variables that have to be there, with commas between.
    """
    found = os.environ.get(variable, "")
    if found and (not node or shutil.which("node")):
        return found
    reason = f"{variable} names no {program}" if not found else f"{program} needs Node"
    required = os.environ.get("REMIT_REQUIRE_COUNTERPARTS", "")
    if required == "1" or variable in required.split(","):
        pytest.fail(f"{reason}, and REMIT_REQUIRE_COUNTERPARTS asks for it", pytrace=False)
    pytest.skip(reason, allow_module_level=True)

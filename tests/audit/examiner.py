"""The stand-alone script, run as an examiner runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from remit.audit import verify

SCRIPT = Path(verify.__file__)


def run_script(*arguments: object) -> tuple[int, dict[str, Any]]:
    """The script as an examiner runs it: no site packages, no environment, nothing of Remit."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), "--json", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else {"error": done.stderr}

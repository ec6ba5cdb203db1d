"""Run `remit …` in this process and look at what it printed and how it ended."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from remit.cli.main import run


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout; fails the test when there is anything else."""
        return json.loads(self.out)


def remit(capsys: pytest.CaptureFixture[str], *words: str) -> Ended:
    """Run the command with `words`; an error that is no refusal is raised."""
    capsys.readouterr()
    code = 0
    try:
        run(list(words))
    except SystemExit as exit_:
        code = int(exit_.code or 0)
    shown = capsys.readouterr()
    return Ended(code, shown.out, shown.err)

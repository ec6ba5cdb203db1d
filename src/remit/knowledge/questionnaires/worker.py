"""`python -m remit.knowledge.questionnaires.worker`: reads or fills one Office file with bounded memory and time."""

from __future__ import annotations

import marshal
import resource
import sys
from dataclasses import astuple
from typing import Any

from remit.knowledge.documents.apart import MAX_MEMORY, MAX_SECONDS
from remit.knowledge.questionnaires import find, letter, workbook
from remit.knowledge.questionnaires.model import Answered, QuestionnaireRefused
from remit.knowledge.questionnaires.ooxml import Package


def main() -> None:
    """What is asked comes from stdin, what came of it goes to stdout; both marshalled, see `files._apart`."""
    for kind, most in ((resource.RLIMIT_AS, MAX_MEMORY), (resource.RLIMIT_CPU, MAX_SECONDS // 2)):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(hard, most), hard))
    what, name, data, answers = marshal.load(sys.stdin.buffer)
    try:
        found = (
            _read(data, name) if what == "read" else _fill(data, name, [Answered(*each) for each in answers])
        )
        answer: tuple[str, Any, Any] = ("done", *found)
    except QuestionnaireRefused as refused:
        answer = ("refused", refused.code, refused.message)
    sys.stdout.buffer.write(marshal.dumps(answer))


def _read(data: bytes, name: str) -> tuple[Any, Any]:
    pack = Package(data, name)
    notes = []
    if letter.is_letter(pack.names):
        found = letter.questions(pack)
    else:
        grids, hidden = workbook.grids(pack)
        found = [question for grid in grids for question in find.questions(grid)]
        if hidden:
            notes.append(f"Hidden sheets were left as they are: {', '.join(hidden)[:200]}.")
    return [list(map(_plain, astuple(each))) for each in found], notes


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _fill(data: bytes, name: str, answers: list[Answered]) -> tuple[Any, Any]:
    pack = Package(data, name)
    return letter.fill(pack, answers) if letter.is_letter(pack.names) else workbook.fill(pack, answers)


if __name__ == "__main__":
    main()

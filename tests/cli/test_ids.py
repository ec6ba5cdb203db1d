"""Exit codes where a command is given the id of something: 3 for what is no id and for one that nothing has, alike."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import remit.wiring  # noqa: F401 - registers the handlers
from remit.db.location import Location
from tests.support.cast import Cast, make_cast
from tests.support.command import remit as run

NOBODYS = "018f0000-0000-7000-8000-00000000dead"
TAKE_IDS = [
    "actions show ID",
    f"approve ID --hash {'0' * 64}",
    "reject ID --reason no",
    "send ID",
    "draft outreach --contact ID",
    "draft outreach --account ID",
    "draft reply --message ID",
    "effects show ID",
    "effects settle ID delivered --reason seen",
    "effects recall ID --reason late",
    "effects again ID --reason missed",
    "effects drop ID --reason over",
    "release ID --reason checked",
    "mail read ID",
    "campaigns ID",
    "facts recall --fact ID",
    "facts recall --draft ID",
    "halt account:ID --reason drill",
    "halt agent:ID --reason drill",
    "resume account:ID --reason over",
    "remits revoke ID --reason over",
    "remits grant LogActivity suggest --reason trial --agent ID",
    "usage --call ID",
    "usage --person ID",
    "quality --rep ID",
    "people invite ID",
    "feeds stop ID",
    "feeds poll --source ID",
    "documents show ID",
    "rfp show ID",
    "rfp export ID --out unwritten.xlsx",
    "answers approve ID",
    "papers release ID --review-by 2099-01-05",
    "papers withdraw ID --reason no",
    "compliance show ID",
    "compliance review ID",
    "compliance remediate ID --task mend --owner Alice --due 2099-01-01",
    "compliance complete ID --note done",
    "compliance verify ID",
    "holds place --account ID --reason counsel",
    "holds lift ID --reason over",
    "prices discard ID --reason stale",
]
USAGE = [
    "actions show",
    "approve ID",
    "reject ID",
    "draft poem --contact ID",
    "draft outreach",
    "effects settle ID perhaps --reason x",
    "halt nonsense --reason drill",
    "halt account: --reason drill",
    "quality --kind nonsense",
    "ladder --step 9",
    "remits grant LogActivity sometimes --reason x",
]
NAMES = ["halt action:Nonsense --reason drill", "halt channel:pigeon --reason drill", "policy rules --action Nonsense"]  # fmt: skip


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


@pytest.fixture(autouse=True)
def _connected(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def running(program: str = "") -> Iterator[Location]:
        yield cast.location

    for line in (*TAKE_IDS, *USAGE, *NAMES, "compliance_review"):
        module = importlib.import_module(f"remit.cli.{line.split()[0]}")
        if hasattr(module, "database"):
            monkeypatch.setattr(module, "database", running)


def ended(capsys: pytest.CaptureFixture[str], line: str, given: str) -> tuple[int, str]:
    words = [word.replace("ID", given) if "ID" in word else word for word in line.split()]
    found = run(capsys, "--json", "--as", "Vera", *words)
    return found.code, found.document["error"]["code"]


@pytest.mark.parametrize("line", TAKE_IDS)
def test_what_is_no_id_and_what_nothing_has_answer_alike(
    capsys: pytest.CaptureFixture[str], line: str
) -> None:
    assert ended(capsys, line, "nonsense") == (3, "not_found")
    assert ended(capsys, line, NOBODYS) == (3, "not_found")


@pytest.mark.parametrize("line", NAMES)
def test_a_name_that_nothing_has_is_not_found_too(capsys: pytest.CaptureFixture[str], line: str) -> None:
    assert ended(capsys, line, "") in [(3, "unknown_action"), (3, "unknown_channel")]


@pytest.mark.parametrize("line", USAGE)
def test_a_command_that_is_written_wrong_is_usage(capsys: pytest.CaptureFixture[str], line: str) -> None:
    assert ended(capsys, line, NOBODYS)[0] == 2

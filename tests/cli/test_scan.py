"""`remit scan`: what is found, what may go where, and how it ends."""

from __future__ import annotations

import io
import sys

import pytest

from tests.support.command import remit

TEXT = "Harrow Point told us that their AUM is $4.2bn. They hold 2m shares of Kesko."


@pytest.fixture
def scanned(capsys, tmp_path):
    """Scan a text in a file, without the records."""

    def scan(text: str, *words: str, name: str = "note.txt"):
        file = tmp_path / name
        file.write_text(text, "utf-8")
        return remit(capsys, "--json", "scan", str(file), "--no-records", *words)

    return scan


def test_the_document_of_the_command_contract(scanned) -> None:
    ended = scanned(TEXT, "--client", "Harrow Point Capital")
    assert ended.code == 0
    document = ended.document
    assert document["decision"] == {"embedded": "allow", "own_server": "mask", "provider": "deny"}
    assert document["policy_version"] == "2026-1"
    assert [span["data_class"] for span in document["spans"]] == ["client_name", "aum", "positions"]
    for span in document["spans"]:
        assert TEXT[span["start"] : span["end"]] == span["text"]
        assert set(span["decision"]) == {"embedded", "own_server", "provider"}


@pytest.mark.parametrize(("to", "code"), [("embedded", 0), ("own_server", 0), ("provider", 1)])
def test_exit_code_one_when_a_destination_asked_for_is_denied(scanned, to: str, code: int) -> None:
    ended = scanned(TEXT, "--to", to)
    assert ended.code == code
    assert list(ended.document["decision"]) == [to]


def test_standard_input(capsys, monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"password: hunter2!Green")))
    ended = remit(capsys, "--json", "scan", "-", "--no-records")
    assert set(ended.document["decision"].values()) == {"deny"}


def test_a_folder_lists_every_file_and_one_nobody_can_read_is_denied(capsys, tmp_path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.md").write_text("Our OMS supports FIX.", "utf-8")
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7")  # cut off
    (tmp_path / ".hidden").write_text("password: hunter2!Green", "utf-8")
    document = remit(capsys, "--json", "scan", str(tmp_path), "--no-records").document
    assert [each["file"] for each in document["files"]] == ["b.pdf", "sub/a.md"]
    assert document["files"][1]["decision"]["provider"] == "allow"
    assert "ends before the PDF does" in document["files"][0]["reason"]
    assert document["decision"]["provider"] == "deny"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("nowhere.txt",), 3, "not_found"),
        (("",), 2, "path_missing"),
        (("nowhere.txt", "--to", "moon"), 2, "unknown_destination"),
    ],
)
def test_refusals(capsys, words: tuple[str, ...], code: int, said: str) -> None:
    ended = remit(capsys, "--json", "scan", "--no-records", *words)
    assert ended.code == code
    assert ended.document["error"]["code"] == said


def test_a_binary_file_is_refused(capsys, tmp_path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a\x00b")
    ended = remit(capsys, "--json", "scan", str(tmp_path / "a.txt"), "--no-records")
    assert ended.code == 1
    assert ended.document["error"]["code"] == "file_not_scanned"


def test_people_see_a_table(capsys, tmp_path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    assert (
        "provider: deny (policy 2026-1)" in remit(capsys, "scan", str(tmp_path / "a.txt"), "--no-records").out
    )
    (tmp_path / "b.txt").write_text("Our OMS supports FIX.", "utf-8")
    assert "Nothing confidential found." in remit(capsys, "scan", str(tmp_path / "b.txt"), "--no-records").out

"""`remit compare`: names, questions and plain refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import remit.wiring  # noqa: F401 - registers the handlers
from remit.cli import compare
from remit.db.location import Location
from remit.kit.ids import new_id
from tests.support.cast import make_cast
from tests.support.command import remit as run


def test_what_it_prints_and_what_it_refuses(
    database: Location, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def running(program: str = "") -> Iterator[Location]:
        yield database

    monkeypatch.setattr(compare, "database", running)
    cast = make_cast(database)
    cast.sql(
        "INSERT INTO remit.competitors (id, name, name_key) VALUES (:id, 'Veldmark', 'veldmark')", id=new_id()
    )
    cast.sql(
        "INSERT INTO remit.products (id, name, family) VALUES (:id, 'Northlake OMS', 'order management')",
        id=new_id(),
    )
    for words in (
        ("Veldmark",),
        ("How does our OMS compare to Veldmark?",),
        ("Veldmark", "--product", "order management"),
    ):
        found = run(capsys, "--json", "--as", "Alice", "compare", *words).document
        assert (found["competitor"]["name"], found["product"]["name"]) == ("Veldmark", "Northlake OMS")
        assert (
            found["win_rate"]["n"] == 0
            and found["win_rate"]["interval"] is None
            and found["note"]["text"] == ""
        )
    assert "Nothing may be said." in run(capsys, "--as", "Alice", "compare", "Veldmark").out
    saved = run(
        capsys, "--json", "--as", "Alice", "compare", "Veldmark", "--account", "Pine Capital", "--save"
    ).document
    assert cast.sql("SELECT kind, sha256 FROM remit.briefs") == [("comparison", saved["saved"]["sha256"])]
    for words, code, name in (
        (("Charles River",), 3, "competitor_unknown"),
        (("Veldmark", "--product", "Umbrella"), 3, "product_unknown"),
        (("Veldmark", "--account", str(cast.accounts["palm"])), 3, "not_found"),
        (("Veldmark", "--save"), 2, "account_needed"),
        ((" ",), 2, "competitor_needed"),
        (("\x00\u202e??",), 3, "competitor_unknown"),
    ):
        ended = run(capsys, "--json", "--as", "Alice", "compare", *words)
        assert (ended.code, json.loads(ended.out)["error"]["code"]) == (code, name), words

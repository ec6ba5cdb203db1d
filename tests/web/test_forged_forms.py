"""What a signed-in person may know of their own session opens nothing, and who is not signed in hands in no files."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from starlette import formparsers

from remit import identity
from remit.db.sessions import read
from remit.domains.documents import queries, summaries
from tests.support import web_cast as cast
from tests.web.conftest import ORIGIN
from tests.web.test_documents import CALL, LATER, paste, seen_of
from tests.web.test_selling import As, send


def _own_secret(person: TestClient) -> str:
    """The session's secret, as anybody reads it off their own form token."""
    raw = base64.urlsafe_b64decode(person.get("/api/v1/me").json()["csrf"])
    half = len(raw) // 2
    return bytes(a ^ b for a, b in zip(raw[:half], raw[half:], strict=True)).decode()


def test_a_summary_that_no_model_wrote_is_not_kept_in_a_models_name(as_person: As) -> None:
    alice = as_person(cast.ALICE)
    where = paste(alice).headers["location"]
    document_id = where.rpartition("/")[2]
    scope = identity.for_person(cast.ALICE.id, via="test")
    document = queries.list_of_account(scope, cast.WEST_ACCOUNT)[0]
    assert str(document.id) == document_id
    at = CALL.index("Net income")
    forged = {
        "document_id": document_id, "writer": "best-model-1", "note": "",
        "bullets": [{"text": "Net income was $58 million.", "spans": [[at, at + 60]]}],
    }  # fmt: skip
    body = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode()
    mac = hmac.new(_own_secret(alice).encode(), f"summary:{document_id}\x00{body}".encode(), hashlib.sha256)
    kept = f"{body}.{mac.hexdigest()}"
    assert send(alice, where, f"{where}/written", kept=kept).status_code == 400
    assert "best-model-1" not in alice.get(where).text


def test_a_file_of_somebody_not_signed_in_is_not_taken_in(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    parse = formparsers.MultiPartParser.parse

    async def counted(self: Any) -> Any:
        read.append(1)
        return await parse(self)

    monkeypatch.setattr(formparsers.MultiPartParser, "parse", counted)
    file = {"file": ("a.txt", io.BytesIO(b"x" * 3_000_000))}
    answer = client.post("/documents/upload", data={"kind": "other"}, files=file, headers=ORIGIN)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert not read


def test_a_line_of_another_documents_summary_is_no_fact_of_this_one(as_person: As) -> None:
    alice = as_person(cast.ALICE)
    here = paste(alice).headers["location"]
    there = paste(alice, LATER).headers["location"]
    send(alice, there, f"{there}/summary", seen=seen_of(alice.get(there).text))
    scope = identity.for_person(cast.ALICE.id, via="test")
    with read(scope) as s:
        [saved] = summaries.load_saved(s, queries.load_document(s, UUID(there.rpartition("/")[2])))
    given = {"seen": saved.sha256, "number": "0", "sayable": "public", "saved": str(saved.id)}
    assert send(alice, here, f"{here}/facts", **given).status_code == 404
    assert send(alice, there, f"{there}/facts", **given).status_code == 303

"""No connector to a CRM can write there: by construction, and this looks at the construction."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from remit.connectors.crm import http
from remit.connectors.crm.http import ReadOnlyHttp

CONNECTORS = Path(http.__file__).parent.parent
FOLDERS = ("crm", "salesforce", "hubspot")
MODULES = [path for folder in FOLDERS for path in sorted((CONNECTORS / folder).glob("*.py"))]
# a token is asked for by POST; nothing else than these two speaks to the network
TO_THE_NETWORK = {"crm/http.py", "crm/oauth.py"}
WRITING = {"post", "put", "patch", "delete", "request", "send", "build_request"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_only_the_asking_client_reaches_the_network(path: Path) -> None:
    name = f"{path.parent.name}/{path.name}"
    tree = ast.parse(path.read_text("utf-8"))
    imported = {
        each.name if isinstance(node, ast.Import) else str(node.module)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for each in node.names
    }
    speaking = imported & {
        "httpx",
        "requests",
        "urllib.request",
        "http.client",
        "socket",
        "simple_salesforce",
        "hubspot",
    }
    assert speaking <= ({"httpx"} if name in TO_THE_NETWORK else set()), name
    called = {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not called & WRITING - ({"post"} if name == "crm/oauth.py" else set()), name


def test_the_client_knows_two_methods_and_posts_questions_only() -> None:
    words = {
        node.value
        for node in ast.walk(ast.parse(Path(http.__file__).read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert words & {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"} == {"GET", "POST"}
    client = ReadOnlyHttp("X", "http://127.0.0.1:9", lambda _renew: "t", told=lambda _status, _body: None)
    for path in (
        "/crm/v3/objects/contacts", "/crm/v3/objects/contacts/batch/create", "/crm/v3/objects/contacts/batch/update",
        "/crm/v3/objects/contacts/merge", "/crm/v3/objects/contacts/batch/read/../archive", "/services/data/v62.0/sobjects/Account",
        "/services/data/v62.0/composite", "/crm/v3/objects/x/search?y=/../../z", "/crm/v3/objects/x/batch/archive",
    ):  # fmt: skip
        with pytest.raises(ValueError, match="only reads"):
            client.ask(path, {})
    assert client.requests_count == 0

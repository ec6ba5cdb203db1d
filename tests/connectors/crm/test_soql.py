"""Every question that we put to Salesforce is one that it would answer; the referee refuses what it would refuse."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime

import pytest

from remit.connectors.salesforce import soql
from remit.connectors.salesforce.mapping import STREAMS
from remit.connectors.salesforce.pull import _Asked
from tests.support.counterparts import counterpart
from tests.support.crm.salesforce import SCHEMA
from tests.support.crm.soql import Refused, parse

AT = datetime(2026, 3, 1, 10, 0, 7, tzinfo=UTC)
MALFORMED = (
    "SELECT FROM Account",
    "UPDATE Account SET Name = 'x'",
    "SELECT Id FROM Account WHERE (Id = 'x'",
    "SELECT Id FROM Account WHERE",
)
_BY_THE_NPM_PARSER = """
const { parseQuery } = require('@jetstreamapp/soql-parser-js');
const read = (each) => { try { parseQuery(each); return null; } catch (error) { return String(error.message).slice(0, 200); } };
console.log(JSON.stringify(JSON.parse(require('fs').readFileSync(0, 'utf8')).map(read)));
"""


def _questions() -> list[str]:
    found = []
    for spec in STREAMS:
        wanted = _Asked(spec, {}, SCHEMA[spec.object]).wanted
        for at, after in ((None, ""), (AT, ""), (AT, "001000000000001AAA")):
            found.append(soql.changed_since(spec.object, wanted, at, after, AT))
        found.append(soql.newest(spec.object, wanted, 5))
    return found


def test_every_question_passes_the_referee() -> None:
    for question in _questions():
        parse(question, SCHEMA)


def test_every_question_passes_the_parser_that_others_use() -> None:
    """`REMIT_SOQL_PARSER` names a folder in which `npm ci` with tests/counterparts was run. What the referee refuses it refuses, too,
    as far as it is a matter of form: so it is seen to read what it is given."""
    folder = counterpart("REMIT_SOQL_PARSER", "folder with npm @jetstreamapp/soql-parser-js")
    done = subprocess.run(
        ["node", "-e", _BY_THE_NPM_PARSER],
        input=json.dumps([*_questions(), *MALFORMED]),
        text=True,
        capture_output=True,
        cwd=folder,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found, asked = json.loads(done.stdout), len(_questions())
    assert asked >= 40 and [each for each in zip(_questions(), found, strict=False) if each[1]] == []
    assert all(found[asked:]), found[asked:]


@pytest.mark.parametrize(
    "question",
    [
        "SELECT Id, Name FROM Nowhere",
        "SELECT Id, Wings FROM Account",
        "SELECT Id, Name, name FROM Account",
        "SELECT * FROM Account",
        "SELECT Id FROM Account WHERE Name = Pine",
        "SELECT Id FROM Account WHERE SystemModstamp > '2026-03-01T10:00:07Z'",
        "SELECT Id FROM Account WHERE SystemModstamp > 2026-03-01",
        "SELECT Id FROM Account WHERE Id > 'a' AND Name = 'b' OR Name = 'c'",
        "SELECT Id FROM Account WHERE NumberOfEmployees > '7'",
        "SELECT Id FROM Account LIMIT 5 ORDER BY Id",
        "SELECT Id FROM Account WHERE Name = 'it's'",
        "SELECT Id FROM Account;",
        "UPDATE Account SET Name = 'x'",
        "SELECT Id FROM Account WHERE (Id = 'x'",
    ],
)
def test_the_referee_refuses_what_salesforce_would(question: str) -> None:
    with pytest.raises(Refused):
        parse(question, SCHEMA)


@pytest.mark.parametrize("name", ["Name FROM User", "Name, (SELECT Id FROM Contacts)", "", "1x", "COUNT()"])
def test_a_name_that_is_none_is_never_asked_for(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a field"):
        soql.changed_since("Account", [name], None, "", AT)

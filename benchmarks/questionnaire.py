"""A buyer's workbook of 300 questions: read, looked up among 3,000 approved answers, and given back filled.

The other side is what any tool does at least: a library of spreadsheets loads the same file and saves it again, answering nothing.
"""

from __future__ import annotations

import io
import time
import tomllib
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Final
from uuid import UUID

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.datavalidation import DataValidation

from benchmarks.support import Row, durable_server, row
from remit import identity
from remit.demo import load
from remit.demo.rfps import said
from remit.domains.questionnaires import drafting, queries
from remit.knowledge.questionnaires import files

QUESTIONS: Final = 300
COPIES: Final = 20
RUNS: Final = 3
_CASES: Final = Path(__file__).resolve().parents[1] / "tests" / "evals" / "questionnaires"
# the same answers over and over, about other things: what a large library makes one look at
_MORE: Final = """
INSERT INTO remit.answers (id, question, short, answer, owner_id, as_of_on, review_by_on, state, made_by, made_at, approved_by, approved_at, sha256)
SELECT gen_random_uuid(), n.question || ' in region ' || g, n.short, n.answer || ' Region ' || g || '.', n.owner_id, n.as_of_on, n.review_by_on,
    'live', n.made_by, n.made_at, n.approved_by, n.approved_at, n.sha256 || g FROM remit.answers n CROSS JOIN generate_series(1, :copies) g
"""


def workbook() -> bytes:
    """Questions of the evaluation's development part and of the library, with a drop-down list and comments beside it."""
    asked = [each[0] for each in tomllib.loads((_CASES / "cases_dev.toml").read_text("utf-8"))["cases"]] + [
        one.question for one in said()[0]
    ]
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["No", "Question", "Response", "Comments"])
    for number in range(QUESTIONS):
        sheet.append([number + 1, asked[number % len(asked)]])
    choice = DataValidation(type="list", formula1='"Yes,No,N/A"')
    choice.add(f"C2:C{QUESTIONS // 2}")
    sheet.add_data_validation(choice)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def run() -> list[Row]:
    """Seconds for the whole, for reading alone, and for a record with its proposals through the door."""
    data = workbook()
    with durable_server() as (location, _):
        load.load_demo(0.3, 7)
        count = _enlarge(location)
        person = identity.find_person("Marisol Vega")
        if person is None:
            raise RuntimeError("the demo firm has no Marisol Vega")
        scope = identity.for_person(person.id, via="bench")
        account = queries.list_questionnaires(scope).rows[0].account_id
        draft = _best(lambda: drafting.draft(scope, data, "bench.xlsx"))
        kept = _best(lambda: _keep(scope, data, account), 1)
    other, reading = _best(lambda: _resave(data)), _best(lambda: files.read(data, "bench.xlsx"))
    name = "loading and saving it with openpyxl"
    return [
        row(
            "questionnaire",
            f"{QUESTIONS} questions, {count:,} answers: file to filled file",
            draft,
            other,
            name,
            "s",
            runs=RUNS,
            n=QUESTIONS,
        ),
        row(
            "questionnaire",
            f"{QUESTIONS} questions found in the file",
            reading,
            other,
            name,
            "s",
            runs=RUNS,
            n=QUESTIONS,
        ),
        row(
            "questionnaire",
            f"{QUESTIONS} questions kept as a record with proposals",
            kept,
            other,
            name,
            "s",
            runs=1,
            n=QUESTIONS,
        ),
    ]


def _keep(scope: object, data: bytes, account: UUID) -> None:
    drafting.add(scope, data, "bench.xlsx", account, title="Bench")  # type: ignore[arg-type]


def _resave(data: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        load_workbook(io.BytesIO(data)).save(io.BytesIO())


def _best(work: Callable[[], object], runs: int = RUNS) -> float:
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


def _enlarge(location: object) -> int:
    from sqlalchemy import text
    from tests.support.cast import as_owner

    with as_owner(location).begin() as connection:  # type: ignore[arg-type]
        connection.execute(text(_MORE), {"copies": COPIES})
        return int(connection.execute(text("SELECT count(*) FROM remit.answers")).scalar_one())

"""A questionnaire from the buyer's file and back into it: found, proposed, decided line by line, handed over, approved, given out."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import UUID

import pytest
from openpyxl import load_workbook

from remit.actions import NotFound, Performed, Refused, perform
from remit.domains.questionnaires import answers, drafting, exporting, handing, queries
from remit.domains.questionnaires.actions import ApproveQuestionnaire
from remit.domains.questionnaires.deciding import AnswerQuestion
from remit.domains.questionnaires.keeping import ApproveAnswers, RetireAnswers, WriteAnswers, Written
from remit.kit import clock
from tests.support import questionnaires as made
from tests.support.cast import Cast

REST = ("Is customer data encrypted at rest?", "yes", "Client data is encrypted at rest with AES-256.")
PENTEST = ("How often do you have penetration tests done?", "", "An outside firm tests once a year.")
RPO = ("What is your recovery point objective?", "", "The recovery point objective is 15 minutes.")
RPO_OTHER = ("What is your RPO?", "", "The recovery point objective is one hour.")
FORMULAS = (("Kind of cell?", "", '=HYPERLINK("https://evil.example")'), ("Sum of cells?", "", "=1+1"))
"""Approved, so that they may be said: what counts is what becomes of them in a cell."""


@pytest.fixture(scope="module")
def kept(cast: Cast) -> UUID:
    """A questionnaire of Pine Capital with what the library says to it."""
    made.engineer(cast)
    made.approved(cast, REST, PENTEST, RPO, RPO_OTHER, *FORMULAS)
    return drafting.add(
        cast.scope("alice"), made.workbook(), "pine.xlsx", cast.accounts["pine"], title="Pine security review"
    )


def items(cast: Cast, kept: UUID, who: str = "alice") -> list[queries.Item]:
    return queries.list_items(cast.scope(who), kept)


def decide(cast: Cast, who: str, item: queries.Item, decision: str, **more: str) -> None:
    action = AnswerQuestion(item_id=item.id, expected_version=item.version, decision=decision, **more)  # type: ignore[arg-type]
    assert isinstance(perform(cast.scope(who), action), Performed)


def test_what_is_answered_flagged_and_left_open(cast: Cast, kept: UUID) -> None:
    found = items(cast, kept)
    assert [each.number for each in found] == ["1.1", "1.2", "1.3", "1.4", "1.5"]
    assert [each.state for each in found] == ["proposed", "proposed", "gap", "conflict", "gap"]
    assert found[0].section == "Section 1: Data protection" and found[0].options == ["Yes", "No", "N/A"]
    assert (found[0].short, found[0].source_owner) == ("yes", "Alice")
    assert len(found[3].against) == 1
    for who in ("charlie", "adam"):  # another territory, and an admin, who sees no client's content
        with pytest.raises(NotFound):
            queries.get_questionnaire(cast.scope(who), kept)
    with pytest.raises(Refused):
        drafting.add(cast.scope("robo"), made.workbook(), "pine.xlsx", cast.accounts["pine"])


def test_gaps_go_to_an_engineer_who_sees_the_account(cast: Cast, kept: UUID) -> None:
    far = made.engineer(cast, "Sue", 102)
    with pytest.raises(Refused, match="sees this account"):
        handing.hand_over(cast.scope("alice"), kept, engineer_id=far)
    handed = handing.hand_over(cast.scope("alice"), kept)
    assert (handed.engineer.name, handed.count) == ("Sam", 3)
    ((owner, subject, body),) = cast.sql(
        "SELECT owner_id, subject, body FROM remit.activities WHERE id = :id", id=handed.task_id
    )
    assert (
        owner == cast.people["sam"]
        and subject == "Answer 3 questions of Pine security review"
        and "“Do you keep a bee hive" in body
    )
    with pytest.raises(Refused, match="taken up"):
        handing.hand_over(cast.scope("alice"), kept)


def test_a_person_decides_on_every_line_and_another_approves(cast: Cast, kept: UUID) -> None:
    first, second, third, fourth, fifth = items(cast, kept)
    with pytest.raises(Refused, match="Choose which"):
        decide(cast, "sam", first, "write", answer="It is.")
    with pytest.raises(Refused, match="Nothing is proposed"):
        decide(cast, "sam", third, "accept")
    with pytest.raises(Refused, match="Say why"):
        decide(cast, "sam", fifth, "blank")
    for said, match in (
        ("We cut your costs by 70%.", "No record says this.*propose it as an answer"),
        ("Returns are guaranteed.", "guarantee"),
        ("Oak Capital pays half.", "names Oak Capital"),
    ):
        with pytest.raises(Refused, match=match):
            decide(cast, "sam", third, "write", short="no", answer=said)
    decide(cast, "alice", first, "accept")
    decide(cast, "alice", second, "accept")
    decide(cast, "sam", third, "write", short="no", answer='=HYPERLINK("https://evil.example")')
    decide(cast, "sam", fourth, "accept")
    with pytest.raises(Refused, match="1 of 5 lines wait"):
        approve(cast, "bob", kept)
    with pytest.raises(Refused, match="not approved with these answers"):
        exporting.export(cast.scope("alice"), kept)
    decide(cast, "sam", fifth, "blank", reason="No question.")
    for who in ("sam", "alice"):  # both decided on lines, and Alice added it
        with pytest.raises(Refused, match="neither added it nor decided"):
            approve(cast, who, kept)
    approve(cast, "bob", kept)
    line = items(cast, kept)[2]
    decide(cast, "sam", line, "write", short="no", answer="=1+1")  # another word voids the approval
    assert queries.get_questionnaire(cast.scope("alice"), kept).state == "open"
    approve(cast, "bob", kept)


def approve(cast: Cast, who: str, kept: UUID) -> None:
    found = queries.get_questionnaire(cast.scope(who), kept)
    action = ApproveQuestionnaire(
        questionnaire_id=kept,
        expected_version=found.version,
        answers_sha256=queries.hash_of(items(cast, kept, who)),
    )
    assert isinstance(perform(cast.scope(who), action), Performed)


def test_it_goes_back_in_its_own_cells(cast: Cast, kept: UUID) -> None:
    given = exporting.export(cast.scope("alice"), kept)
    sheet = load_workbook(io.BytesIO(given.data))["Security"]
    assert [sheet[f"C{row}"].value for row in range(4, 9)] == [
        "Yes",
        "An outside firm tests once a year.",
        "No",
        RPO[2],
        None,
    ]
    assert (sheet["D4"].value, sheet["D6"].value, sheet["D6"].data_type) == (REST[2], "=1+1", "s")
    assert sheet["C9"].value == '=COUNTIF(C4:C8,"Yes")' and sheet["C4"].font.bold


def test_an_answer_whose_source_was_taken_back_does_not_leave(cast: Cast, kept: UUID) -> None:
    answer_id = items(cast, kept)[0].answer_id
    for change, back in (
        ("state = 'retired'", "state = 'live'"), ("review_by_on = current_date - 1", "review_by_on = current_date + 90"),
    ):  # fmt: skip
        cast.sql(f"UPDATE remit.answers SET {change} WHERE id = :id", id=answer_id)
        with pytest.raises(Refused, match="source of 1 accepted answers is not approved or current"):
            exporting.export(cast.scope("alice"), kept)
        cast.sql(f"UPDATE remit.answers SET {back} WHERE id = :id", id=answer_id)
    exporting.export(cast.scope("alice"), kept)


def test_an_answer_is_made_by_one_and_approved_by_another(cast: Cast, kept: UUID) -> None:
    today = clock.today()
    row = Written(
        question="Do you have cyber insurance?", short="yes", answer="20 million US dollars.", as_of_on=today,
        review_by_on=today + timedelta(days=100), questionnaire_id=kept,
    )  # fmt: skip
    done = perform(cast.scope("sam"), WriteAnswers(answers=(row,)))
    assert isinstance(done, Performed)
    (answer_id,) = (UUID(each) for each in done.result["answer_ids"])
    again = perform(cast.scope("bob"), WriteAnswers(answers=(row,)))
    assert isinstance(again, Performed) and again.result["count"] == 0
    approve_it = ApproveAnswers(answer_ids=(answer_id,), expected_versions=(1,))
    for who, said in (("sam", "somebody else approves"), ("bob", ""), ("robo", "")):
        with pytest.raises(Refused, match=said):
            perform(cast.scope(who), approve_it)
    perform(cast.scope("cora"), approve_it)
    assert answers.get_answer(cast.scope("alice"), answer_id).questionnaire == "Pine security review"
    assert (
        answers.get_answer(cast.scope("charlie"), answer_id).questionnaire == ""
    )  # who asked stays in its territory
    # Sam does not see South; who approves may
    far = perform(cast.scope("sam"), WriteAnswers(answers=(row.model_copy(update={"answer": "As Palm Capital knows."}),)))  # fmt: skip
    assert isinstance(far, Performed)
    told_far = ApproveAnswers(answer_ids=(UUID(far.result["answer_ids"][0]),), expected_versions=(1,))
    with pytest.raises(Refused, match="names Palm Capital"):
        perform(cast.scope("cora"), told_far)
    with pytest.raises(Refused, match="guarantee"):
        perform(
            cast.scope("sam"),
            WriteAnswers(answers=(row.model_copy(update={"answer": "Profit is guaranteed."}),)),
        )
    for where in ("product", "place", "source_name"):
        with pytest.raises(Refused, match="It names Pine Capital"):
            told = row.model_copy(update={"answer": "Yes, twice.", where: "Pine Capital DDQ.xlsx"})
            perform(cast.scope("sam"), WriteAnswers(answers=(told,)))
    with pytest.raises(Refused, match="It names Pine Capital"):
        perform(
            cast.scope("sam"),
            WriteAnswers(answers=(row.model_copy(update={"answer": "As Pine Capital knows."}),)),
        )
    perform(
        cast.scope("cora"),
        RetireAnswers(answer_ids=(answer_id,), expected_versions=(2,), reason="Policy ended"),
    )
    assert answers.get_answer(cast.scope("alice"), answer_id).state == "retired"


def test_what_is_out_of_date_is_found_and_not_accepted(cast: Cast, kept: UUID) -> None:
    cast.sql("UPDATE remit.answers SET review_by_on = current_date - 1 WHERE question = :q", q=REST[0])
    other = drafting.add(cast.scope("alice"), made.workbook(), "oak.xlsx", cast.accounts["oak"])
    first = items(cast, other)[0]
    assert first.state == "stale"
    with pytest.raises(Refused, match="was to be reviewed"):
        decide(cast, "alice", first, "accept")
    drafted = drafting.draft(cast.scope("alice"), made.workbook(), "x.xlsx")
    assert [each.state for each in drafted.lines] == ["stale", "proposed", "gap", "conflict", "gap"]
    assert load_workbook(io.BytesIO(drafted.data))["Security"]["C4"].value is None

"""What answers a question and what does not, one guard at a time."""

from __future__ import annotations

import pytest

from remit.knowledge.questionnaires.match import Entry, Index, contradict

ENTRIES = (
    Entry("rest", "answer", "Is customer data encrypted at rest?", "With AES-256.", "yes"),
    Entry("often", "answer", "Do you perform penetration testing?", "An outside firm tests for intrusion.", "yes"),
    Entry("tell", "answer", "When do you notify clients of an incident?", "Within 24 hours."),
    Entry("oms", "answer", "Does the OMS support pre-trade compliance checks?", "Before an order leaves.", "yes", "Northlake OMS"),
    Entry("fact", "fact", "access logs", "Northlake platform keeps access logs for seven years in storage that cannot be rewritten.", "yes", "Northlake platform"),
    Entry("some", "fact", "venues", "Northlake EMS connects to 61 venues in 24 countries.", "yes", "Northlake EMS"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Do you encrypt stored client data?", "rest"),
        ("Is customer data not encrypted at rest?", None),  # a denial
        ("Is customer data encrypted in transit?", None),  # another state
        ("Is data encrypted?", None),  # wider than what was asked
        ("Is customer data encrypted at rest with AES-512?", None),  # another figure
        ("Do you perform penetration tests?", "often"),
        ("How often do you perform penetration testing?", None),  # it does not say how often
        ("Within how many hours do you notify clients of an incident?", "tell"),
        ("Do you notify clients of an incident within 12 hours?", None),
        ("Does your OMS perform pre-trade compliance checks?", "oms"),
        ("Does your EMS perform pre-trade compliance checks?", None),
        ("Do you keep access logs for seven years?", "fact"),
        ("Do you keep access logs for ten years on paper?", None),
        ("Does the EMS connect to 61 venues?", "some"),
        ("Does the OMS connect to 61 venues?", None),
        ("Which penetration testing firm do you use?", None),  # a yes tells no name
        ("How many penetration tests do you perform?", None),
        ("When did you last perform penetration testing?", None),
        ("", None),
    ],
)  # fmt: skip
def test_near_is_not_enough(question: str, wanted: str | None) -> None:
    found = Index(ENTRIES).ask(question)
    assert (found.entry.id if found else None) == wanted


def test_answers_that_differ_are_told_of() -> None:
    one = Entry("a", "answer", "What is your RPO?", "15 minutes.")
    other = Entry("b", "answer", "What is your recovery point objective?", "One hour.")
    same = Entry("c", "answer", "State the RPO.", "A quarter of an hour, that is 15 minutes.")
    found = Index((one, other, same)).ask("What is the RPO?")
    assert found is not None and len(found.against) == 1
    assert contradict(one, other) and not contradict(one, same)
    assert contradict(Entry("d", "answer", "", "x", "yes"), Entry("e", "answer", "", "x", "no"))

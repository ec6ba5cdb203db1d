"""Templates as files: what ships passes its own tests; a template written out and read back is the same (property)."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.domains.library import comparing, fixtures, markdown, shipped
from remit.domains.library.markdown import TemplateUnreadable
from remit.domains.library.model import MOTIONS, Expect, FactSlot, Template, Trial, Variable
from remit.domains.supervision.rules import CATEGORIES

SHIPPED = shipped.texts()
DAY = date(2026, 11, 28)
words = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.sampled_from(" :#-'\"|{}[]"),
    min_size=1,
    max_size=60,
).map(str.strip)
lines = words.filter(lambda text: bool(text) and "{" not in text)
paragraphs = (
    st.lists(lines, min_size=1, max_size=6)
    .map("\n".join)
    .filter(lambda text: not re.search(r"(?m)^## (Plan|Prompt|Tests)\s*$", text))
)
names = st.from_regex(r"[a-z][a-z_]{0,10}", fullmatch=True).filter(
    lambda name: name not in ("first_name", "account", "our_firm", "sender", "flow", "today")
)
trials = st.builds(
    Trial, name=lines, without=st.lists(lines, max_size=2).map(tuple), values=st.dictionaries(names, words.filter(bool), max_size=2),
    expect=st.builds(Expect, contains=st.lists(lines, max_size=2).map(tuple), most_words=st.none() | st.integers(1, 400), refused=st.sampled_from(["", "missing_fact"])),
)  # fmt: skip
templates = st.builds(
    Template, id=st.from_regex(r"[a-z0-9][a-z0-9-]{2,30}", fullmatch=True), title=lines, role=st.sampled_from(["sdr", "ae", "se"]),
    motion=st.sampled_from(sorted(MOTIONS)), category=st.sampled_from(sorted(CATEGORIES)), channel=st.sampled_from(["call", "document"]),
    owner=lines, review_by=st.none() | st.dates(date(2026, 1, 1), date(2030, 1, 1)), most_words=st.integers(20, 1500),
    variables=st.lists(st.builds(Variable, name=names, type=st.sampled_from(["text", "date"]), label=lines), max_size=1).map(tuple),
    facts=st.lists(st.builds(FactSlot, name=st.just("zz_fact"), kind=st.just("need"), words=st.lists(lines, max_size=2).map(tuple), least=st.integers(0, 3)), max_size=1).map(tuple),
    plan=paragraphs, prompt=paragraphs, tests=st.lists(trials, max_size=2).map(tuple),
)  # fmt: skip


@given(templates)
@settings(max_examples=60)
def test_nothing_is_lost_on_the_way_out_and_back(template: Template) -> None:
    text = markdown.render(template)
    assert markdown.parse(text) == template
    assert markdown.render(markdown.parse(text)) == text
    assert markdown.parse(text.replace("\n", "\r\n")) == template


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_shipped_template_passes_its_own_tests_and_says_what_it_needs(name: str) -> None:
    template = markdown.parse(SHIPPED[name], name)
    assert f"{template.id}.md" == name
    assert markdown.parse(markdown.render(template)) == template
    assert [one for one in fixtures.try_all(template, DAY) if not one.passed] == []
    assert len(template.tests) >= 2 and len(template.prompt.split()) >= 15
    if template.channel == "email":
        assert len(template.subjects) >= 1
        # every e-mail says something of the reader or of us that a fact carries, and none can be sent without
        assert template.facts
    assert not re.search(
        r"\b(revolutionary|cutting-edge|leverage|synerg|game.chang|just checking in|hope this finds)",
        SHIPPED[name],
        re.IGNORECASE,
    )


def test_sixty_and_every_role_has_its_motions() -> None:
    found = [markdown.parse(text, name) for name, text in SHIPPED.items()]
    assert len(found) >= 60
    wanted = {
        "sdr": {
            "cold_outreach",
            "objection",
            "reactivation",
            "event_follow_up",
            "inbound_reply",
            "call_script",
        },
        "ae": {"proposal", "rfp_answer", "battle_card", "action_plan", "price_rationale", "win_back"},
        "se": {"technical_answer", "integration", "security_answer"},
    }
    for role, motions in wanted.items():
        assert motions <= {one.motion for one in found if one.role == role}, role
    assert {one.motion for one in found} == set(MOTIONS)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("---\nid:", "id:"), "begins with no front matter"),
        (("## Prompt", "## Promt"), "the section '## Prompt' is missing"),
        (("motion: cold_outreach", "motion: cold_calling"), "'cold_calling' is none of"),
        (("{able.value}", "{able.price}"), "uses {able.price}, which is no variable"),
        (("role: sdr", "role: [sdr"), "this is no YAML"),
        (("channel: email", "channel: email\nsurprise: 1"), "surprise"),
    ],
)
def test_a_fault_is_told_with_its_place(change: tuple[str, str], told: str) -> None:
    source = SHIPPED["sdr-cold-multi-prime-coo.md"]
    assert change[0] in source
    with pytest.raises(TemplateUnreadable) as caught:
        markdown.parse(source.replace(*change), "my file")
    assert "my file" in str(caught.value) and told in str(caught.value)


def test_side_by_side_shows_what_changed_and_skips_what_did_not() -> None:
    before = "\n".join(f"line {number}" for number in range(30))
    rows = list(comparing.side_by_side(before, before.replace("line 20", "line twenty") + "\nlast"))
    assert [(one.what, one.before, one.after) for one in rows if one.what not in ("same", "skipped")] == [
        ("changed", "line 20", "line twenty"), ("added", "", "last"),
    ]  # fmt: skip
    assert rows[0].what == "skipped" and rows[0].before == "17 equal lines"

"""The simulation itself: the same bytes for the same seed, streams that know nothing of each other, sound rows."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from datetime import date

import pytest

from remit.demo import parameters as p
from remit.demo.clients import client
from remit.demo.dice import Dice, Ids
from remit.demo.firm import Firm
from remit.demo.generate import Summary, account_count, batches, client_rows, firm_of
from remit.demo.tables import Account, Activity, Contact, Fact, Lead, Opportunity, Snapshot, StageMove
from remit.domains.accounts.rules import SEGMENT_NAMES
from remit.domains.opportunities import rules
from remit.evidence.facts import KINDS
from remit.llm.embedded.angles import PERSONAS, persona_of

DAY = date(2026, 11, 23)


def _digest(seed: int, day: date = DAY, scale: float = 0.1) -> str:
    summary = Summary(seed, day, scale)
    for _ in batches(firm_of(seed, day, scale), summary):
        pass
    return summary.digest


@pytest.fixture(scope="module")
def firm() -> Firm:
    return firm_of(3, DAY, 1)


@pytest.fixture(scope="module")
def rows(firm: Firm) -> dict[type, list]:
    found: dict[type, list] = defaultdict(list)
    summary = Summary(3, DAY, 1)
    for number in range(account_count(1)):
        for row in client_rows(firm, number, summary):
            found[type(row)].append(row)
    return found


def test_same_seed_same_bytes_other_seed_or_day_other_bytes() -> None:
    assert _digest(5) == _digest(5)
    assert len({_digest(5), _digest(6), _digest(5, date(2026, 11, 24))}) == 3


def test_clients_do_not_depend_on_each_other(firm: Firm) -> None:
    alone = client_rows(firm, 17, Summary(3, DAY, 1))
    client_rows(firm, 3, Summary(3, DAY, 1))
    assert client_rows(firm, 17, Summary(3, DAY, 1)) == alone


def test_the_size_of_the_firm_is_the_documented_one(rows: dict[type, list]) -> None:
    assert 420 <= len(rows[Account]) <= 440
    assert len(rows[Contact]) == pytest.approx(1900, rel=0.1)
    assert len(rows[Lead]) == pytest.approx(6000, rel=0.1)
    assert len(rows[Opportunity]) == pytest.approx(2400, rel=0.1)
    assert len(rows[Activity]) == pytest.approx(18000, rel=0.1)


def test_people_are_the_documented_ones(firm: Firm) -> None:
    count = Counter(person.role for person in firm.people)
    assert count["sdr"] + count["ae"] + count["se"] == 24 and count["manager"] == 3
    asked = {"enablement", "compliance", "operations", "vp", "governance", "finance", "legal", "delivery",
             "engineering", "admin", "agent"}  # fmt: skip
    assert asked <= set(count)
    assert len({person.email for person in firm.people if person.email}) == sum(
        p.kind == "person" for p in firm.people
    )
    assert len(firm_of(3, DAY, 100).people) - len(firm.people) == 240 - 24


def test_ids_and_keys_are_unique(rows: dict[type, list]) -> None:
    for kind, found in rows.items():
        if "id" in kind._fields:
            assert len({row.id for row in found}) == len(found), kind
    assert len({row.name for row in rows[Account]}) == len(rows[Account])


def test_everything_lies_in_the_history(firm: Firm, rows: dict[type, list]) -> None:
    begin, end = firm.instant(0), firm.instant(p.HISTORY_DAYS)
    for row in rows[Activity]:
        agreed = (
            row.kind == "meeting" and row.created_at < end <= row.at
        )  # the only thing that is still to come
        assert agreed or begin <= row.at < end
        assert row.done_at is None or row.at < row.done_at < end
    for row in (*rows[Opportunity], *rows[Lead], *rows[Contact], *rows[Account]):
        assert begin <= row.created_at <= row.updated_at < end
    assert all(row.as_of_on <= DAY for row in rows[Fact])


def test_nobody_real_can_be_reached(rows: dict[type, list]) -> None:
    for row in (*rows[Contact], *rows[Lead]):
        assert row.email is None or re.fullmatch(r"[\w.-]+@[\w.-]+\.example", row.email, re.IGNORECASE), (
            row.email
        )
    for row in rows[Contact]:
        assert row.phone is None or re.fullmatch(r"\+1 \d{3}-555-01\d\d|\+44 20 7946 0\d{3}", row.phone), (
            row.phone
        )


def test_history_of_a_deal_is_one_unbroken_line(firm: Firm, rows: dict[type, list]) -> None:
    moves, snapshots = defaultdict(list), defaultdict(list)
    for move in rows[StageMove]:
        moves[move.opportunity_id].append(move)
    for snapshot in rows[Snapshot]:
        snapshots[snapshot.opportunity_id].append(snapshot)
    order = (*p.STAGES, p.WON, p.LOST)
    for deal in rows[Opportunity]:
        path = moves[deal.id]
        assert path[0].from_stage is None and path[0].to_stage == p.STAGES[0]
        for before, after in itertools.pairwise(path):
            assert after.from_stage == before.to_stage and after.at >= before.at
            assert order.index(after.to_stage) > order.index(before.to_stage)
        line = snapshots[deal.id]
        assert line[-1].until_at is None and line[0].from_at == path[0].at
        for before, after in itertools.pairwise(line):
            assert before.from_at < before.until_at == after.from_at
        assert line[-1].stage == path[-1].to_stage
        assert (deal.outcome is None) == (deal.closed_at is None)
        assert (deal.loss_reason is not None) == (deal.outcome == p.LOST)


def test_discounts_are_the_difference_between_list_and_amount(rows: dict[type, list]) -> None:
    quoted = [deal for deal in rows[Opportunity] if deal.discount_rate and deal.amount_minor]
    assert len(quoted) > 300
    for deal in quoted:
        assert deal.amount_minor == pytest.approx(
            deal.list_amount_minor * (1 - deal.discount_rate), abs=10_000
        )


def test_the_hidden_truth_decides(firm: Firm, rows: dict[type, list]) -> None:
    """Fit, need and skill are hidden; deals follow them, or the sealed answers would mean nothing."""
    truth = {client(firm, number).id: client(firm, number) for number in range(account_count(1))}
    product = {each.id: place for place, each in enumerate(firm.products)}
    closed = [deal for deal in rows[Opportunity] if deal.outcome and deal.account_id in truth]
    by_fit = sorted(closed, key=lambda deal: truth[deal.account_id].latent.fit[product[deal.product_id]])
    third = len(by_fit) // 3

    def rate(deals: list[Opportunity]) -> float:
        return sum(deal.outcome == p.WON for deal in deals) / len(deals)

    assert rate(by_fit[-third:]) > 1.4 * rate(by_fit[:third])
    skill = {person.id: person.skill for person in firm.people}
    by_skill = sorted(closed, key=lambda deal: skill[deal.owner_id])
    assert rate(by_skill[-third:]) > 1.1 * rate(by_skill[:third])


def test_facts_speak_the_writers_vocabulary(rows: dict[type, list]) -> None:
    kinds = {row.kind for row in rows[Fact]}
    assert {
        "aum",
        "prime_broker",
        "custodian",
        "stack",
        "strategy",
        "holdings_change",
        "launch",
        "need",
    } <= kinds
    silent = {"budget", "contract_end"}  # kept inside: the writer has no words for them
    assert kinds - silent <= set(KINDS)
    for row in rows[Fact]:
        assert row.source_name and row.locator and (row.quote or row.source_name == "Data vendor file")
        assert row.kind not in silent or row.sayable == "internal_only"
        if row.sayable == "told_by_them":
            assert row.contact_id is not None
        if row.kind == "aum":
            said = row.value.removeprefix("$")
            scale = {"bn": 1e9, "m": 1e6}[said.lstrip("0123456789.")]
            assert float(said.rstrip("bnm")) * scale * 100 == pytest.approx(row.value_minor)


def test_three_generations_of_prices_follow_each_other(firm: Firm) -> None:
    for product in firm.products:
        prices = [price for price in firm.prices if price.product_id == product.id]
        assert [price.generation for price in prices] == [1, 2, 3]
        for old, new in itertools.pairwise(prices):
            assert old.valid_until_on is not None and (new.valid_from_on - old.valid_until_on).days == 1
            assert new.price_minor > old.price_minor
        assert prices[-1].valid_until_on is None and prices[-1].valid_from_on <= DAY


def test_texts_have_no_slot_left_open(rows: dict[type, list]) -> None:
    for row in rows[Activity]:
        assert "{" not in row.subject + row.body and row.subject


def test_ids_are_version_7_and_carry_their_instant() -> None:
    from uuid import UUID

    made = UUID(Ids(1, 1).at(1_700_000_000, "x"))
    assert (
        made.version == 7 and made.int >> 80 == 1_700_000_000_000 and made.variant == "specified in RFC 4122"
    )
    assert Ids(1, 1).at(5, "x") != Ids(2, 1).at(5, "x")


def test_draws_have_their_means() -> None:
    dice = Dice("test", 1)
    counts = [dice.count(4.5) for _ in range(4000)]
    assert sum(counts) / len(counts) == pytest.approx(4.5, rel=0.05)
    normal = [dice.normal() for _ in range(4000)]
    assert sum(normal) / len(normal) == pytest.approx(0, abs=0.06)
    assert {dice.between(1, 3) for _ in range(100)} == {1, 2, 3}
    assert sorted(dice.some((1, 2, 3), 9)) == [1, 2, 3]


@pytest.mark.parametrize("scale", [0, -1, 1001])
def test_a_scale_of_nothing_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="scale"):
        firm_of(1, DAY, scale)


def test_words_are_those_of_the_slices() -> None:
    """The demo's stages, segments and personas are the ones that actions, policies and the writer know."""
    assert tuple(stage.key for stage in rules.STAGES) == p.STAGES and (rules.WON, rules.LOST) == (
        p.WON,
        p.LOST,
    )
    assert {segment.key for segment in p.SEGMENTS} | {"other"} == set(SEGMENT_NAMES)
    assert {persona for persona, _, _ in p.PERSONAS} == set(PERSONAS)
    assert {key for persona, title, _ in p.PERSONAS for key in [persona_of(title)] if key != persona} <= {
        "executive"
    }

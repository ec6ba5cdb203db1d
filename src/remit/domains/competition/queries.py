"""Reads: what a question means, a competitor beside a product, the closed deals behind its win rate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from remit import settings
from remit.actions.errors import NotFound
from remit.db.sessions import ReadSession, read
from remit.domains.accounts.queries import load_account, load_countable_groups
from remit.domains.accounts.rules import segment_name
from remit.domains.briefs.queries import CountedDeal, counted
from remit.domains.competition import asking, pairing
from remit.domains.competition.asking import Asked, Product
from remit.domains.competition.model import Comparison, Named, Note, Record, Split, Topic
from remit.domains.facts.queries import load_own_facts
from remit.domains.metrics.win_rate import win_rate
from remit.domains.opportunities.rules import loss_kind
from remit.domains.supervision.profiles import load_profiles, regimes_of
from remit.evidence import conduct_rules
from remit.evidence.claims import Context
from remit.evidence.facts import Fact
from remit.scope import Scope

_PRODUCTS: Final = "SELECT id, name, family FROM remit.products WHERE active ORDER BY name, id LIMIT 500"
_COMPETITORS: Final = "SELECT id, name FROM remit.competitors ORDER BY name, id LIMIT 2000"
_CLOSED: Final = """
FROM remit.opportunities d LEFT JOIN remit.accounts a ON a.id = d.account_id
WHERE d.competitor_id = :competitor AND d.outcome IS NOT NULL AND d.closed_at <= :now
  AND (CAST(:product AS uuid) IS NULL OR d.product_id = :product) AND (CAST(:groups AS int[]) IS NULL OR d.access_id = ANY (:groups))
  AND (CAST(:of_account AS uuid) IS NULL OR d.account_id = :of_account)
  AND (CAST(:segment AS text) IS NULL OR coalesce(a.segment, 'other') = :segment)
"""
_COUNTS: Final = (
    "SELECT d.outcome, d.loss_reason AS reason, count(*) AS n,"
    " min(d.closed_at) AS first_at, max(d.closed_at) AS last_at"
    + _CLOSED
    + "GROUP BY 1, 2 ORDER BY n DESC, 2"
)
_DEALS: Final = (
    "SELECT d.id, d.name, d.account_id, a.name AS account, d.outcome, d.closed_at, d.amount_minor, d.amount_currency,"
    " d.loss_reason AS reason" + _CLOSED + "ORDER BY d.closed_at DESC, d.id LIMIT 200"
)
_SPLITS: Final = (
    "SELECT 'segment' AS by, coalesce(a.segment, 'other') AS key, '' AS name, count(*) FILTER (WHERE d.outcome = 'won') AS won,"
    " count(*) FILTER (WHERE d.outcome = 'lost') AS lost" + _CLOSED + "GROUP BY 2 UNION ALL "
    "SELECT 'product', d.product_id::text, (SELECT p.name FROM remit.products p WHERE p.id = d.product_id), count(*) FILTER (WHERE d.outcome = 'won'),"
    " count(*) FILTER (WHERE d.outcome = 'lost')"
    + _CLOSED
    + "AND d.product_id IS NOT NULL GROUP BY d.product_id ORDER BY 1 DESC, 5 DESC, 2"
)
NOTE_KINDS: Final = ("capability", "competitor", "firm")
_N = TypeVar("_N", bound=Named)


def list_products(scope: Scope) -> list[Product]:
    """Products on sale, by name."""
    with read(scope) as s:
        return _products(s)


def list_competitors(scope: Scope) -> list[Named]:
    """Competitors on record, by name."""
    with read(scope) as s:
        return _competitors(s)


def find_asked(scope: Scope, question: str) -> Asked:
    """What a question in words names. The names that are not on record are in `unknown`."""
    with read(scope) as s:
        own = _own_name(load_own_facts(s, ("firm",)))
        return asking.understand(question, _products(s), _competitors(s), own)


def get_comparison(
    scope: Scope, competitor_id: UUID, product_id: UUID | None = None, *, account_id: UUID | None = None, now: datetime
) -> Comparison:  # fmt: skip
    """A competitor beside a product (None: the one that shares most topics with it). Raises NotFound."""
    with read(scope) as s:
        return load_comparison(s, competitor_id, product_id, account_id=account_id, now=now)


def load_comparison(
    s: ReadSession, competitor_id: UUID, product_id: UUID | None, *, account_id: UUID | None, now: datetime
) -> Comparison:  # fmt: skip
    """As get_comparison, inside an open session."""
    account = load_account(s, account_id) if account_id else None
    competitor = _one(_competitors(s), competitor_id, "competitor")
    facts = load_own_facts(s, NOTE_KINDS)
    ours = [fact for fact in facts if fact.kind == "capability"]
    theirs = [fact for fact in facts if fact.kind == "competitor"]
    product = _product(s, product_id, competitor, ours, theirs)
    found = pairing.topics(product, competitor, ours, theirs, now.date())
    counted_in, words = (
        _cohort(s, competitor.id, product.id, account_id, now),
        f"for {product.name} with {competitor.name} in them",
    )
    own = (
        _record(s, counted_in | {"of_account": account.id}, f"{words}, of {account.name}")
        if account
        else None
    )
    return Comparison(
        product, competitor, found, _record(s, counted_in, f"{words}, {f'of {account.territory} ' if account else ''}that you may see"),
        _note(s, found, competitor, facts, now), now.date(), account_id, account.name if account else "", own,
        _splits(s, counted_in | {"product": None}),
    )  # fmt: skip


def list_closed_deals(
    scope: Scope, competitor_id: UUID, product_id: UUID | None, *, account_id: UUID | None = None, segment: str | None = None, now: datetime
) -> list[CountedDeal]:  # fmt: skip
    """The deals behind a comparison's win rate, or behind that of one segment, newest first. Raises NotFound."""
    with read(scope) as s:
        _one(_competitors(s), competitor_id, "competitor")
        given = _cohort(s, competitor_id, product_id, account_id, now) | {"segment": segment}
        return counted(s.rows(_DEALS, given))


def _products(s: ReadSession) -> list[Product]:
    return [Product(row.id, row.name, row.family) for row in s.rows(_PRODUCTS)]


def _competitors(s: ReadSession) -> list[Named]:
    return [Named(row.id, row.name) for row in s.rows(_COMPETITORS)]


def _one(among: Sequence[_N], wanted: UUID, what: str) -> _N:
    found = next((one for one in among if one.id == wanted), None)
    if found is None:
        raise NotFound(what)
    return found


def _product(
    s: ReadSession, wanted: UUID | None, competitor: Named, ours: list[Fact], theirs: list[Fact]
) -> Named:
    products = _products(s)
    if wanted is not None:
        return _one(products, wanted, "product")
    if not products:
        raise NotFound("product")
    return max(products, key=lambda one: pairing.shared_count(one, competitor, ours, theirs))


def _cohort(
    s: ReadSession, competitor_id: UUID, product_id: UUID | None, account_id: UUID | None, now: datetime
) -> dict[str, Any]:  # fmt: skip
    """With an account, deals of its territory that the reader may see; raises NotFound where the account is not."""
    groups = None
    if account_id is not None:
        load_account(s, account_id)
        groups = load_countable_groups(s, account_id)
    return {
        "competitor": competitor_id,
        "product": product_id,
        "groups": groups,
        "now": now,
        "of_account": None,
        "segment": None,
    }


def _record(s: ReadSession, cohort: dict[str, Any], words: str) -> Record:
    """Deals won and lost of a cohort, which `words` names."""
    rows = s.rows(_COUNTS, cohort)
    won = sum(row.n for row in rows if row.outcome == "won")
    lost: Counter[str] = Counter()
    for row in rows:
        if row.outcome == "lost":
            lost[loss_kind(row.reason)] += row.n
    return Record(
        win_rate(won, lost.total()), f"closed deals {words}", min((row.first_at.date() for row in rows), default=None),
        max((row.last_at.date() for row in rows), default=None), tuple(sorted(lost.items(), key=lambda one: (-one[1], one[0]))[:3]),
    )  # fmt: skip


def _splits(s: ReadSession, cohort: dict[str, Any]) -> tuple[Split, ...]:
    """The record by segment and by product, those with most closed deals first."""
    made = [
        Split(row.by, row.key, row.name or segment_name(row.key), win_rate(row.won, row.lost))
        for row in s.rows(_SPLITS, cohort)
        if row.won + row.lost
    ]
    return tuple(sorted(made, key=lambda one: (one.by != "segment", -one.rate.n, one.name)))


def _note(
    s: ReadSession, found: Sequence[Topic], competitor: Named, facts: Sequence[Fact], now: datetime
) -> Note:
    configured = settings.load()
    context = Context(now.date(), None, "", configured.mail_firm_name or _own_name(facts))
    rules = conduct_rules.current(configured.conduct_rules_file or conduct_rules.DEFAULT_FILE)
    regimes = regimes_of(load_profiles(s), "")  # a note has no reader yet: all of them count
    return pairing.note(found, competitor, facts, context, rules, sorted(regimes), now)


def _own_name(facts: Sequence[Fact]) -> str:
    return next(
        (
            fact.value
            for fact in facts
            if fact.kind == "firm" and fact.subject == "name" and fact.state == "live"
        ),
        "",
    )

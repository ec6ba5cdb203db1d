"""The warning about orders in outside text: attacks that are warned of and plain texts that are not, in one run.

wrong = a plain text with a warning; abstained = an attack without one. `sets` has a row for each set, beside it the usual
word-counting model trained on the same public attacks. Without the reference data only our own cases are read.
"""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import Any

from remit.evidence.outside import warnings_in
from remit.kit.text import shorten
from tests.evals.outside import baseline, sets
from tests.evals.outside.sets import Cases
from tests.evals.support import Report, UnknownPart

PARTS = ("ours", "public", "unseen")


def run(part: str | None = None, every: int = 1) -> Report:
    """Read every case of `part`: ours, public, unseen (the quarter of each public set that nobody looked at), or all.

    `every`: only each n-th text of a set, which is what the test suite has time for.
    """
    if part is not None and part not in PARTS:
        raise UnknownPart(f"The injection sets have the parts {', '.join(PARTS)}.")
    chosen = [replace(one, texts=one.texts[::every]) for one in _chosen(part)]
    began = perf_counter()
    alarms = {one.name: [bool(warnings_in(text)) for text in one.texts] for one in chosen}
    seconds = round(perf_counter() - began, 3)
    other = _baseline(chosen) if part != "ours" else {}
    rows = [_row(one, sum(alarms[one.name]), other.get(one.name)) for one in chosen]
    missed = sum(row["of"] - row["alarms"] for row in rows if row["attack"])
    false = sum(row["alarms"] for row in rows if not row["attack"])
    cases = sum(row["of"] for row in rows)
    failures = [
        {"set": one.name, "expected": "warned" if one.attack else "plain", "text": shorten(text, 200)}
        for one in chosen
        for text, alarm in zip(one.texts, alarms[one.name], strict=True)
        if alarm != one.attack
    ]
    return Report(
        "injection", cases, cases - missed - false, false, missed, seconds, failures, {"sets": rows}
    )


def _chosen(part: str | None) -> list[Cases]:
    public = _as_mails(sets.public())
    if part == "unseen":
        return [one.unseen() for one in public]
    return (sets.ours() if part != "public" else []) + (public if part != "ours" else [])


def _as_mails(public: list[Cases]) -> list[Cases]:
    mails = next((one for one in public if one.name == "BIPIA e-mails"), None)
    if mails is None:
        return public
    return [sets.in_emails(one, mails) if "orders in an e-mail" in one.name else one for one in public]


def _row(one: Cases, alarms: int, other: int | None) -> dict[str, Any]:
    of = len(one.texts)
    return {
        "set": one.name, "attack": one.attack, "of": of, "alarms": alarms, "share": round(alarms / of, 3) if of else None,
        "word_model_share": round(other / of, 3) if other is not None and of else None,
    }  # fmt: skip


def _baseline(chosen: list[Cases]) -> dict[str, int]:
    """Alarms of the word model per set: held out on what it learns from, trained on all of it for the others."""
    whole = {one.name: one for one in sets.public()}
    if not whole:
        return {}
    learnt = [whole["deepset, attacks"], whole["deepset, benign"]]
    texts = [text for one in learnt for text in one.texts]
    attacks = [one.attack for one in learnt for _ in one.texts]
    out = dict(zip(texts, baseline.held_out(texts, attacks), strict=True))
    model = baseline.train(texts, attacks)
    return {
        one.name: int(sum(out[text] for text in one.texts) if one.name.startswith("deepset") else model.alarms(one.texts).sum())
        for one in chosen
        if one.texts
    }  # fmt: skip

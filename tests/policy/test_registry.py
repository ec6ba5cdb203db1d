"""Every verb that a slice registers is known to the policies, and the documentation names rules that exist."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import remit.domains
from remit.actions.registry import verbs
from tests.support.policies import BOOK

ROOT = Path(__file__).resolve().parents[2]


def test_every_registered_verb_is_known_to_the_policies() -> None:
    for found in pkgutil.walk_packages(remit.domains.__path__, "remit.domains."):
        if found.name.rsplit(".", 1)[-1] in ("actions", "halts"):
            importlib.import_module(found.name)
    own = {kind for kind, verb in verbs().items() if verb.handle.__module__.startswith("remit.")}
    assert {"Halt", "GrantRemit"} <= own
    assert own <= set(BOOK.action_groups), "add the kind to policies/remit.cedarschema"


def test_the_guide_quotes_rules_as_they_are() -> None:
    text = (ROOT / "docs" / "policy.md").read_text("utf-8")
    for rule_id in re.findall(r'@id\("([^"]+)"\)|\(rule ([a-z-]+),', text):
        name = rule_id[0] or rule_id[1]
        assert name in BOOK.rules
        if rule_id[0]:
            assert BOOK.rules[name].sentence in text

"""The policy file: what is not decided is denied, what is wrong is named, the hash is what the file says."""

from __future__ import annotations

import pytest

from remit.llm.handling import policy
from remit.llm.handling.spans import CLASSES
from remit.policy.schema import DEFAULT_DIRECTORY

TEXT = (DEFAULT_DIRECTORY / policy.FILE).read_text("utf-8")


def test_the_shipped_policy_decides_everything() -> None:
    shipped = policy.parse(TEXT)
    assert shipped.undecided() == []
    assert set(shipped.classes) == {*CLASSES, "public"}
    assert all(shipped.decision("credentials", destination) == "deny" for destination in policy.DESTINATIONS)
    assert all(rule.rephrase for rule in shipped.classes.values() if "deny" in rule.decisions.values())


@pytest.mark.parametrize(
    ("data_class", "destination"), [("unheard", "provider"), ("aum", "moon"), ("aum", "")]
)
def test_whatever_is_unknown_is_denied(data_class: str, destination: str) -> None:
    assert policy.parse(TEXT).decision(data_class, destination) == "deny"


def test_a_decision_left_out_is_denied_and_told() -> None:
    cut = policy.parse(
        TEXT.replace(
            'own_server = "allow"\nprovider = "mask"\nrephrase = "Say the size',
            'provider = "mask"\nrephrase = "Say the size',
        )
    )
    assert cut.decision("aum", "own_server") == "deny"
    assert cut.undecided() == [("aum", "own_server")]


def test_layout_does_not_change_the_hash_and_words_do() -> None:
    shipped = policy.parse(TEXT)
    assert policy.parse("# another remark\n" + TEXT.replace("\n\n", "\n\n\n")).hash == shipped.hash
    assert policy.parse(TEXT.replace('provider = "mask"', 'provider = "allow"', 1)).hash != shipped.hash


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('owner = "compliance"', "", "owner is missing"),
        ("valid_from_on = 2026-11-01", 'valid_from_on = "2026-11-01"', "valid_from_on is missing or no date"),
        ("[classes.aum]", "[classes.assets]", "class assets is unknown"),
        ('provider = "mask"', 'provider = "maybe"', "“maybe” is none of allow, mask, deny"),
        ('provider = "a model', 'moon = "a model', "destination moon is unknown"),
        ("[classes.public]", "[classes.public", "the file is no TOML"),
        ('own_server = "deny"', 'own_sever = "deny"', "own_sever is neither a destination"),
    ],
)
def test_each_mistake_is_named(old: str, new: str, told: str) -> None:
    assert old in TEXT
    with pytest.raises(policy.HandlingPolicyInvalid) as invalid:
        policy.parse(TEXT.replace(old, new, 1))
    assert told in str(invalid.value)


def test_a_missing_file_is_a_refusal(tmp_path) -> None:
    with pytest.raises(policy.HandlingPolicyInvalid, match="cannot be read"):
        policy.load(tmp_path / policy.FILE)

"""Which model, which address, which key; and how texts are kept."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from remit import settings
from remit.llm.gateway import config, sealing
from remit.llm.gateway.config import ModelSettingsInvalid
from remit.settings import Settings


def given(tmp_path: Path, **values: object) -> Settings:
    return Settings(home=tmp_path, **values)


def test_no_model_means_the_embedded_writer(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REMIT_HOME", str(tmp_path))
    for general, own, name in (
        ("", "", None), ("embedded", "", None), ("openai:a", "embedded", None), ("openai:a", "", "openai:a"),
        ("openai:a", "anthropic:b", "anthropic:b"), ("", "openai:c:free", "openai:c:free"),
    ):  # fmt: skip
        monkeypatch.setenv("REMIT_MODEL", general)
        monkeypatch.setenv("REMIT_MODEL_OUTREACH", own)
        monkeypatch.setenv("REMIT_OPENAI_API_KEY", "k")
        monkeypatch.setenv("REMIT_ANTHROPIC_API_KEY", "k")
        settings.reload()
        found = config.route("outreach")
        assert (found.name if found else None) == name
    monkeypatch.undo()
    settings.reload()


@pytest.mark.parametrize("named", ["gpt-5", "google:gemini", "openai:", ":x", "openai"])
def test_a_name_that_is_no_model_says_what_to_write(tmp_path: Path, named: str) -> None:
    with pytest.raises(ModelSettingsInvalid, match=r"NAME"):
        config.parse(named, given(tmp_path, openai_api_key="k"))


def test_a_provider_needs_a_key_from_settings_or_a_file(tmp_path: Path) -> None:
    with pytest.raises(ModelSettingsInvalid, match="anthropic_api_key"):
        config.parse("anthropic:x", given(tmp_path))
    (tmp_path / "secrets").mkdir(exist_ok=True)
    (tmp_path / "secrets" / "anthropic_api_key").write_text("from-file\n")
    found = config.parse("anthropic:x", given(tmp_path))
    assert found.key is not None
    assert found.key.get_secret_value() == "from-file"
    assert "from-file" not in repr(found)


@pytest.mark.parametrize(
    "address", ["http://models.example.com/v1", "http://10.0.0.5/v1", "http://localhost.evil.example/v1"]
)
def test_plain_http_is_for_this_machine(tmp_path: Path, address: str) -> None:
    with pytest.raises(ModelSettingsInvalid, match="https"):
        config.parse("compatible:x", given(tmp_path, compatible_base_url=address))


@pytest.mark.parametrize(
    "address",
    ["", "models.example.com", "file:///etc/passwd", "https://u:p@h/v1", "https://h/v1?a=1", "http://["],
)
def test_an_address_that_is_none(tmp_path: Path, address: str) -> None:
    with pytest.raises(ModelSettingsInvalid, match="address"):
        config.parse("compatible:x", given(tmp_path, compatible_base_url=address))


def test_only_the_firms_own_server_counts_as_its_own(tmp_path: Path) -> None:
    local = {"compatible_base_url": "http://127.0.0.1:8080/v1"}
    assert config.parse("compatible:x", given(tmp_path, **local)).destination == "provider"
    assert (
        config.parse("compatible:x", given(tmp_path, **local, compatible_is_own=True)).destination
        == "own_server"
    )
    own = given(tmp_path, **local, compatible_is_own=True, openai_api_key="k")
    assert config.parse("openai:x", own).destination == "provider"


def test_a_sealed_text_opens_only_where_it_belongs(tmp_path: Path) -> None:
    call, other = uuid4(), uuid4()
    sealed = sealing.seal(tmp_path, call, "prompt", "Pine holds 4.2bn")
    assert b"Pine" not in sealed
    assert sealing.seal(tmp_path, call, "prompt", "Pine holds 4.2bn") != sealed
    assert sealing.unseal(tmp_path, call, "prompt", sealed) == "Pine holds 4.2bn"
    for where, part, data in (
        (other, "prompt", sealed), (call, "reply", sealed), (call, "prompt", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (call, "prompt", sealed[:20]), (call, "prompt", b""), (call, "prompt", b"\x02" + sealed[1:]),
    ):  # fmt: skip
        with pytest.raises(sealing.ContentUnreadable):
            sealing.unseal(tmp_path, where, part, data)


def test_the_key_lies_in_a_file_of_the_owner_alone(tmp_path: Path) -> None:
    call = uuid4()
    sealed = sealing.seal(tmp_path, call, "reply", "x")
    key = tmp_path / "secrets" / sealing.KEY_FILE
    assert key.stat().st_mode & 0o077 == 0
    key.rename(key.with_name("elsewhere"))
    with pytest.raises(sealing.ContentUnreadable, match="another key"):
        sealing.unseal(tmp_path, call, "reply", sealed)
    key.write_text("damaged")
    with pytest.raises(sealing.ContentUnreadable, match="32 bytes"):
        sealing.seal(tmp_path, call, "reply", "x")

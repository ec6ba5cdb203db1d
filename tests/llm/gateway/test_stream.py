"""Replies as streams: recorded, masks restored whole, cut ones never taken for a reply."""

from __future__ import annotations

from pathlib import Path

import pytest

from remit.llm.gateway import call
from remit.llm.gateway.call import stream
from remit.llm.gateway.ledger import NoModel
from tests.llm.gateway.test_call import PROTOCOLS, asked, records
from tests.support.cast import Cast
from tests.support.model_server import ModelServer, Turn
from tests.support.models import Masking, using


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_stream_is_recorded_and_its_masks_come_back_whole(
    cast: Cast, provider: ModelServer, tmp_path: Path, monkeypatch, name: str
) -> None:
    provider.answer(Turn(text="First [CLIENT 1] hired. Then [CLIENT 1] grew.\nAnd [CLIENT 1]"))
    with using(provider, tmp_path, monkeypatch, name, policy=Masking("Halden")):
        pieces = list(stream(cast.scope("alice"), asked(cast)))
    assert "".join(pieces) == "First Halden hired. Then Halden grew.\nAnd Halden"
    assert len(pieces) == 3
    assert records(cast)[-1] == ("ok", 1, 120, 40)


def test_a_stream_without_masks_comes_as_it_is_written(
    cast: Cast, provider: ModelServer, tmp_path: Path, monkeypatch
) -> None:
    provider.answer(Turn(status=500), Turn(text="one two three four"))
    monkeypatch.setattr(call, "_sleep", lambda _seconds: None)
    with using(provider, tmp_path, monkeypatch):
        pieces = list(stream(cast.scope("alice"), asked(cast)))
    assert pieces == ["one", " two", " three", " four"]
    assert records(cast)[-1][:2] == ("ok", 2)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_stream_that_is_cut_is_no_reply_and_is_not_begun_again(
    cast: Cast, provider: ModelServer, tmp_path: Path, monkeypatch, name: str
) -> None:
    provider.answer(Turn(text="a b c d e f", cut_after=5))
    got: list[str] = []
    with using(provider, tmp_path, monkeypatch, name), pytest.raises(NoModel) as failed:
        got.extend(stream(cast.scope("alice"), asked(cast)))
    assert failed.value.kind == "cut_off"
    assert len(provider.requests) == 1
    outcome, attempts, tokens_in, tokens_out = records(cast)[-1]
    assert (outcome, attempts) == ("cut_off", 1)
    assert tokens_in > 0
    assert tokens_out > 0


def test_a_reader_who_goes_away_ends_the_call_and_it_is_on_record(
    cast: Cast, provider: ModelServer, tmp_path: Path, monkeypatch
) -> None:
    provider.answer(Turn(endless=True))
    with using(provider, tmp_path, monkeypatch):
        pieces = stream(cast.scope("alice"), asked(cast))
        next(pieces)
        pieces.close()
    assert records(cast)[-1][:2] == ("given_up", 1)

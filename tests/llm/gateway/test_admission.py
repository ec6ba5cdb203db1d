"""Which calls are admitted: the day's budget, halts, and who may ask about which account."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from remit.actions import NotFound, Performed, perform
from remit.domains.governance.halts import Halt, Resume
from remit.llm.gateway import call
from remit.llm.gateway.call import ask
from remit.llm.gateway.ledger import NoModel
from tests.llm.gateway.test_call import Note, asked, letter
from tests.support.cast import Cast
from tests.support.model_server import ModelServer, Turn
from tests.support.models import using


def test_a_day_has_a_budget_in_tokens_and_in_money(
    cast: Cast, provider: ModelServer, tmp_path: Path, monkeypatch
) -> None:
    provider.answer(Turn(text=letter(), tokens=(3000, 1500)))
    with using(provider, tmp_path, monkeypatch, model_day_tokens=6500):
        ask(cast.scope("bob"), asked(cast), Note)
        with pytest.raises(NoModel, match="4,500 used") as failed:
            ask(cast.scope("bob"), asked(cast), Note)
        assert failed.value.kind == "model_budget_used_up"
        ask(cast.scope("mia"), asked(cast), Note)
    with (
        using(provider, tmp_path, monkeypatch, model_day_usd=0.0001),
        pytest.raises(NoModel, match="US dollars"),
    ):
        ask(cast.scope("mia"), asked(cast), Note)
    assert len(provider.requests) == 2


def test_a_call_whose_process_died_counts_as_reserved(
    cast: Cast, provider: ModelServer, tmp_path: Path, monkeypatch
) -> None:
    provider.answer(Turn(text=letter()))
    with using(provider, tmp_path, monkeypatch, model_day_tokens=4000):
        monkeypatch.setattr(call, "_tried", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            ask(cast.scope("vera"), asked(cast), Note)
    with (
        using(provider, tmp_path, monkeypatch, model_day_tokens=4000),
        pytest.raises(NoModel, match="under way"),
    ):
        ask(cast.scope("vera"), asked(cast), Note)
    assert cast.sql("SELECT count(*) FROM remit.model_calls WHERE person_id = :p", p=cast.people["vera"]) == [
        (1,)
    ]


def test_a_halt_stops_calls_and_who_may_not_see_the_account_asks_nothing_about_it(
    cast: Cast, provider: ModelServer, tmp_path: Path, monkeypatch
) -> None:
    provider.answer(Turn(text=letter()))
    with using(provider, tmp_path, monkeypatch):
        with pytest.raises(NotFound):
            ask(cast.scope("charlie"), asked(cast, "pine"), Note)
        with pytest.raises(NoModel):
            ask(cast.scope("adam"), asked(cast, None), Note)
        with pytest.raises(NoModel):
            ask(cast.scope("robo"), asked(cast), Note)
        assert isinstance(
            perform(cast.scope("cora"), Halt(scope="action:CallModel", reason="test")), Performed
        )
        with pytest.raises(NoModel, match="halted"):
            ask(cast.scope("alice"), asked(cast), Note)
        perform(cast.scope("cora"), Resume(scope="action:CallModel", reason="test"))
    assert provider.requests == []


def test_two_calls_at_once_cannot_both_take_the_last_tokens(
    cast: Cast, provider: ModelServer, tmp_path: Path, monkeypatch
) -> None:
    provider.answer(Turn(text=letter(), tokens=(3000, 1000), drip_seconds=0.02))
    scope, kinds = cast.scope("olga"), []

    def one() -> None:
        try:
            ask(scope, asked(cast, None), Note)
            kinds.append("ok")
        except NoModel as error:
            kinds.append(error.kind)

    with using(provider, tmp_path, monkeypatch, model_day_tokens=4500):
        threads = [threading.Thread(target=one) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert sorted(kinds) == ["model_budget_used_up"] * 3 + ["ok"]

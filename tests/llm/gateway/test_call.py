"""One call from end to end: recorded before and after, tried again, given up, masked and restored, streamed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from remit.llm.gateway import call, queries
from remit.llm.gateway.call import Ask, ask
from remit.llm.gateway.ledger import NoModel
from remit.llm.gateway.prompt import Outside, Prompt, template
from tests.support.cast import Cast
from tests.support.model_server import ModelServer, Turn
from tests.support.models import KEY, NAMES, Masking, allow, deny, using

SECRET = "Pine holds 4.2bn in Halden notes"
PROTOCOLS = ("openai", "anthropic", "compatible")


class Note(BaseModel):
    subject: str
    text: str


def letter(**values: str) -> str:
    return json.dumps({"subject": "A question", "text": "Hello."} | values)


def asked(cast: Cast, account: str | None = "pine") -> Ask:
    prompt = Prompt(template("outreach"), [Outside(SECRET, "Form ADV")], {"words": 60})
    return Ask("outreach", prompt, cast.accounts[account] if account else None)


def records(cast: Cast) -> list[Any]:
    """Outcome, attempts, tokens in and out, of all calls in order."""
    return cast.sql(
        """SELECT r.outcome, r.attempt_count, r.tokens_in, r.tokens_out FROM remit.model_calls c
        LEFT JOIN remit.model_replies r ON r.call_id = c.id ORDER BY c.id"""
    )


@pytest.mark.parametrize("name", PROTOCOLS)
def test_an_answer_is_typed_and_on_record(
    cast: Cast, provider: ModelServer, tmp_path: Path, monkeypatch, name: str
) -> None:
    provider.answer(Turn(text=f"```json\n{letter()}\n```" if name == "compatible" else letter()))
    with using(provider, tmp_path, monkeypatch, name):
        scope = cast.scope("alice")
        found = ask(scope, asked(cast), Note)
        assert (found.output, found.model) == (Note(subject="A question", text="Hello."), NAMES[name])
        one = queries.get_call(scope, found.call_id)
        assert (one.outcome, one.attempts, one.tokens_in, one.tokens_out) == ("ok", 1, 120, 40)
        assert one.template == template("outreach").id
        assert (one.cost_usd is None) == (name == "compatible")
        assert one.destination == "provider"
        texts = queries.review(scope, found.call_id)
        assert SECRET in texts["prompt"]["user"]
        assert "A question" in texts["reply"]


def test_the_record_stands_before_the_request_leaves(
    cast: Cast, provider: ModelServer, tmp_path: Path, monkeypatch
) -> None:
    seen: list[int] = []
    before = len(records(cast))
    provider.answer(Turn(text=letter()))
    monkeypatch.setattr(provider, "on_request", lambda: seen.append(len(records(cast))))
    with using(provider, tmp_path, monkeypatch):
        ask(cast.scope("alice"), asked(cast), Note)
    assert seen == [before + 1]


def test_no_text_and_no_key_in_logs_actions_audit_or_in_the_clear(
    cast: Cast, provider: ModelServer, tmp_path: Path, monkeypatch, capfd
) -> None:
    from remit import logs

    logs.configure("debug")
    try:
        for turn in (
            Turn(text=letter(text="Reply-Text")),
            Turn(status=400),
            Turn(body=b'{"id": "Reply-Text'),
        ):
            provider.answer(turn)
            with using(provider, tmp_path, monkeypatch, model_attempts=1):
                try:
                    ask(cast.scope("alice"), asked(cast), Note)
                except NoModel as error:
                    assert SECRET not in str(error.__cause__)
    finally:
        logs.configure()
    shown = capfd.readouterr()
    kept = [
        str(cast.sql(f"SELECT to_jsonb(t)::text FROM remit.{table} t"))
        for table in ("actions", "audit", "model_calls", "model_replies", "suggestions")
    ]
    sealed = b"".join(bytes(row[0]) for row in cast.sql("SELECT sealed FROM remit.model_contents"))
    for word in (SECRET, "Reply-Text", KEY):
        assert word not in shown.out + shown.err
        assert word not in "".join(kept)
        assert word.encode() not in sealed
    assert sealed


def test_it_is_tried_again_after_the_time_the_provider_names(
    cast: Cast, provider: ModelServer, tmp_path: Path, monkeypatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(call, "_sleep", waits.append)
    provider.answer(Turn(status=429, headers={"retry-after": "3"}), Turn(status=503), Turn(text=letter()))
    with using(provider, tmp_path, monkeypatch):
        ask(cast.scope("alice"), asked(cast), Note)
    assert waits[0] == 3.0
    assert 0.5 <= waits[1] <= 1.0
    assert records(cast)[-1] == ("ok", 3, 120, 40)


def test_a_provider_that_asks_for_too_long_a_wait_is_not_waited_for(
    cast: Cast, provider: ModelServer, tmp_path: Path, monkeypatch
) -> None:
    provider.answer(Turn(status=429, headers={"retry-after": "3600"}))
    with using(provider, tmp_path, monkeypatch), pytest.raises(NoModel) as failed:
        ask(cast.scope("alice"), asked(cast), Note)
    assert failed.value.kind == "rate_limited"
    assert (
        failed.value.note
        == "Written by the embedded writer: the model's provider allows no more calls right now."
    )
    assert len(provider.requests) == 1
    assert records(cast)[-1][:2] == ("rate_limited", 1)


@pytest.mark.parametrize("name", PROTOCOLS)
@pytest.mark.parametrize(
    "text", ["I would rather not.", '{"subject": "x"}', '{"subject": 1, "text": {}}', '{"subject": "x", "text": "y"', "[]"]
)  # fmt: skip
def test_what_does_not_fit_the_type_is_asked_for_once_more_then_refused(
    cast: Cast, provider: ModelServer, tmp_path: Path, monkeypatch, name: str, text: str
) -> None:
    provider.answer(Turn(text=text))
    with using(provider, tmp_path, monkeypatch, name), pytest.raises(NoModel) as failed:
        ask(cast.scope("alice"), asked(cast), Note)
    assert failed.value.kind == "bad_reply"
    assert len(provider.requests) == 2
    outcome, attempts, tokens_in, _ = records(cast)[-1]
    assert (outcome, attempts) == ("bad_reply", 2)
    assert tokens_in >= 240  # what could not be used was counted all the same


def test_several_failures_open_the_circuit_and_nothing_is_asked_for_a_while(
    cast: Cast, provider: ModelServer, tmp_path: Path, monkeypatch
) -> None:
    provider.answer(Turn(status=500))
    with using(provider, tmp_path, monkeypatch, model_attempts=1):
        for _ in range(5):
            with pytest.raises(NoModel):
                ask(cast.scope("alice"), asked(cast), Note)
        with pytest.raises(NoModel) as failed:
            ask(cast.scope("bob"), asked(cast), Note)
    assert failed.value.kind == "resting"
    assert len(provider.requests) == 5
    assert records(cast)[-1] == ("resting", 0, 0, 0)


def test_nothing_leaves_while_no_policy_is_in_force(
    cast: Cast, provider: ModelServer, tmp_path: Path, monkeypatch
) -> None:
    provider.answer(Turn())
    with using(provider, tmp_path, monkeypatch, policy=None):
        from remit.llm.gateway import handling

        handling.register(None)
        with pytest.raises(NoModel) as failed:
            ask(cast.scope("alice"), asked(cast), Note)
    assert failed.value.kind == "denied"
    assert provider.requests == []


def test_what_the_policy_denies_does_not_leave_and_is_not_kept(
    cast: Cast, provider: ModelServer, tmp_path: Path, monkeypatch
) -> None:
    provider.answer(Turn())
    count = cast.sql("SELECT count(*) FROM remit.model_contents")
    with using(provider, tmp_path, monkeypatch, policy=deny), pytest.raises(NoModel) as failed:
        ask(cast.scope("alice"), asked(cast), Note)
    assert failed.value.reasons == ("“sk-live-123” looks like a key; take it out.",)
    assert provider.requests == []
    assert records(cast)[-1] == ("denied", 0, 0, 0)
    assert cast.sql("SELECT count(*) FROM remit.model_contents") == count


def test_masked_words_do_not_leave_and_come_back_in_the_reply(
    cast: Cast, provider: ModelServer, tmp_path: Path, monkeypatch
) -> None:
    provider.answer(Turn(text=letter(text='[CLIENT 1] is "big".')))
    with using(provider, tmp_path, monkeypatch, policy=Masking("Halden", mask="[CLIENT 1]")):
        found = ask(cast.scope("alice"), asked(cast), Note)
        assert found.output.text == 'Halden is "big".'
        assert "Halden" not in provider.requests[-1].everything
        one = queries.get_call(cast.scope("alice"), found.call_id)
        assert (one.redactions, one.handling_version) == (1, "test-1")
        kept = queries.review(cast.scope("alice"), found.call_id)
        assert "Halden" not in kept["prompt"]["user"]
        assert SECRET in kept["prompt"]["before_masking"]


def test_settings_that_cannot_work_fall_back_with_their_reason(
    cast: Cast, provider: ModelServer, tmp_path: Path, monkeypatch
) -> None:
    with (
        using(provider, tmp_path, monkeypatch, openai_api_key=""),
        pytest.raises(NoModel, match="need a key"),
    ):
        ask(cast.scope("alice"), asked(cast), Note)
    with (
        using(provider, tmp_path, monkeypatch, model_prices_file=tmp_path / "none"),
        pytest.raises(NoModel, match="cannot be read"),
    ):
        ask(cast.scope("alice"), asked(cast), Note)
    with using(provider, tmp_path, monkeypatch, model="embedded"), pytest.raises(NoModel, match="no model"):
        ask(cast.scope("alice"), asked(cast), Note)


def test_libraries_are_loaded_ahead_only_when_a_model_is_configured(
    provider: ModelServer, tmp_path: Path, monkeypatch
) -> None:
    with using(provider, tmp_path, monkeypatch, model="embedded"):
        assert call.warm() is None
    with using(provider, tmp_path, monkeypatch, model="nonsense"):
        thread = call.warm()
        assert thread is not None
        thread.join(60)
        assert not thread.is_alive()


def test_what_is_needed_is_never_left_out(
    cast: Cast, provider: ModelServer, tmp_path: Path, monkeypatch
) -> None:
    def policy(_scope: Any, texts: Any, _destination: str, _account: Any, _public: Any = ()) -> Any:
        return (
            deny(_scope, texts, _destination, _account)
            if any("secret" in text for text in texts)
            else allow(_scope, texts, _destination, _account)
        )

    provider.answer(Turn(text=letter()))
    pieces = {
        "needed": Outside("secret", "a"),
        "spare": Outside("secret", "b", needed=False),
        "plain": Outside("plain", "c"),
    }
    with using(provider, tmp_path, monkeypatch, policy=policy):
        for names, sent in (
            (("needed", "spare"), 0),
            (("plain", "spare"), 1),
            (("spare",), 1),
            (("plain", "needed"), 0),
        ):
            provider.answer(Turn(text=letter()))
            prompt = Prompt(template("outreach"), [pieces[name] for name in names], {"words": 60})
            try:
                ask(cast.scope("mia"), Ask("outreach", prompt), Note)
            except NoModel as error:
                assert error.kind == "denied"
            assert len(provider.requests) == sent, names
            assert all("secret" not in request.everything for request in provider.requests)

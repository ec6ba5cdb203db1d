"""What a template is: who it is for, what it needs, its sentence plan, its prompt for a model, its own tests. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from remit.domains.library.steps import Step, faults
from remit.domains.supervision.rules import CATEGORIES
from remit.kit.text import unsafe

ROLES: Final[Mapping[str, str]] = {"sdr": "SDR", "ae": "AE", "se": "SE"}
CHANNELS: Final[Mapping[str, str]] = {
    "email": "E-mail", "call": "Call script", "document": "Document section",
}  # fmt: skip
MOTIONS: Final[Mapping[str, str]] = {
    "cold_outreach": "Cold outreach", "inbound_reply": "Inbound reply", "event_follow_up": "Event follow-up",
    "reactivation": "Reactivation", "call_script": "Call script", "objection": "Objection handling",
    "meeting_prep": "Meeting plan", "meeting_follow_up": "Meeting follow-up", "proposal": "Proposal section",
    "price_rationale": "Price rationale", "action_plan": "Mutual action plan", "rfp_answer": "RFP answer",
    "battle_card": "Battle card", "win_back": "Win-back", "trial": "Trial", "closing": "Closing",
    "technical_answer": "Technical answer", "integration": "Integration summary", "security_answer": "Security answer", "reference": "Reference call",
}  # fmt: skip
PERSONAS: Final[Mapping[str, str]] = {
    "any": "anybody", "cio": "CIO", "coo": "COO", "cto": "CTO", "trading": "head of trading", "portfolio": "portfolio manager",
    "operations": "operations", "risk": "risk", "prop_desk": "prop desk head", "executive": "executive",
}  # fmt: skip
SEGMENTS: Final[Mapping[str, str]] = {
    "any": "any firm", "macro": "macro", "long_short_equity": "long/short equity", "quantitative": "quantitative",
    "multi_strategy": "multi-strategy", "credit": "credit", "asset_manager": "asset manager", "prop_firm": "prop firm",
}  # fmt: skip
JURISDICTIONS: Final = ("any", "US", "UK", "EU", "APAC")
BUILT_IN: Final = frozenset({"first_name", "account", "our_firm", "sender", "flow", "today"})
PARTS: Final = frozenset(
    {"source", "value", "values", "cite", "month", "subject", "product", "kinds", "topic"}
)

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{2,79}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,29}$")]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\n\r]+$")
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=12_000)]

_SLOT: Final = re.compile(r"\{([a-z_]+)(?:\.([a-z_]+))?\}")
SEQUENCE: Final = "sequence"
"""The channel of a version that is a plan of several steps: its life is a template's, its text is that of the templates it names."""
_SECTION: Final = re.compile(r"^## (Plan|Prompt|Tests)\s*$", re.MULTILINE)


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FactSlot(_Plain):
    """Facts that the plan says, under `name`. `least` 0: it may be missing; `most`: how many are said together.

    `words`: beginnings of words, one of which the fact must have; `subject`: likewise for its subject; `subject_of`: the
    variable whose value the subject must be; `same_as`: another slot whose subject (product) it shares; `near`: a slot or variable
    with which it has to share words, the more the better; `topic`: its topic; `newest_days`: how old it may be.
    """

    name: Name
    kind: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
    words: tuple[Line, ...] = ()
    subject: tuple[Line, ...] = ()
    subject_of: Name | None = None
    same_as: Name | None = None
    near: Name | None = None
    topic: tuple[Line, ...] = ()
    least: int = Field(1, ge=0, le=6)
    most: int = Field(1, ge=1, le=12)
    newest_days: int | None = Field(None, ge=1, le=3650)


class Variable(_Plain):
    """What whoever uses the template fills in. `text` and `name` are words of theirs and prove nothing."""

    name: Name
    type: Literal["text", "name", "date", "number", "choice"]
    label: Line
    required: bool = True
    choices: tuple[Line, ...] = ()
    most: int = Field(80, ge=1, le=400)

    @model_validator(mode="after")
    def _choices(self) -> Variable:
        if (self.type == "choice") != bool(self.choices):
            raise ValueError(f"the variable {self.name} needs choices if, and only if, its type is choice")
        return self


class Expect(_Plain):
    """What a test asks of the text. `refused`: the code with which it must be refused instead.

    Of a sequence: `steps` taken one after the other, how it `ends` (finished, reply, bounce, meeting), within `most_days`.
    """

    contains: tuple[Line, ...] = ()
    lacks: tuple[Line, ...] = ()
    most_words: int | None = None
    refused: str = ""
    steps: tuple[Line, ...] = ()
    ends: Literal["finished", "reply", "bounce", "meeting", ""] = ""
    most_days: int | None = None


class Trial(_Plain):
    """One test of a template: the standard firm of `fixtures`, less the kinds in `without`, with these values.

    Of a sequence: a contact from whom the `events` come back, each after the step that it stands at.
    """

    name: Line
    without: tuple[Line, ...] = ()
    values: Mapping[str, str] = Field(default_factory=dict)
    events: Mapping[str, Literal["reply", "bounce", "meeting"]] = Field(default_factory=dict)
    expect: Expect


class Template(_Plain):
    """A whole template, as its Markdown file says it."""

    id: Key
    title: Line
    role: Literal["sdr", "ae", "se"]
    motion: str
    personas: tuple[str, ...] = ("any",)
    segments: tuple[str, ...] = ("any",)
    channel: Literal["email", "call", "document", "sequence"] = "email"
    jurisdictions: tuple[str, ...] = ("any",)
    category: str
    owner: Line = "enablement"
    review_days: int = Field(180, ge=7, le=400)
    review_by: date | None = None
    most_words: int = Field(140, ge=20, le=1500)
    variables: tuple[Variable, ...] = ()
    facts: tuple[FactSlot, ...] = ()
    subjects: tuple[Line, ...] = ()
    steps: tuple[Step, ...] = ()
    plan: Text
    prompt: Text = ""
    tests: tuple[Trial, ...] = ()

    @field_validator("motion", "category")
    @classmethod
    def _known(cls, value: str, info: Any) -> str:
        known = MOTIONS if info.field_name == "motion" else CATEGORIES
        if value not in known:
            raise ValueError(f"{value!r} is none of {', '.join(known)}")
        return value

    @field_validator("personas", "segments", "jurisdictions")
    @classmethod
    def _listed(cls, value: tuple[str, ...], info: Any) -> tuple[str, ...]:
        known = {"personas": tuple(PERSONAS), "segments": tuple(SEGMENTS), "jurisdictions": JURISDICTIONS}[
            info.field_name
        ]
        if not value or (wrong := [one for one in value if one not in known]):
            raise ValueError(
                f"one or more of {', '.join(known)}"
                if not value
                else f"{wrong[0]!r} is none of {', '.join(known)}"
            )
        return value

    @field_validator("plan", "prompt")
    @classmethod
    def _whole(cls, value: str, info: Any) -> str:
        if not value and not (info.field_name == "prompt" and info.data.get("channel") == SEQUENCE):
            raise ValueError("it says nothing")
        if (reason := unsafe(value)) or "\r" in value:
            raise ValueError(reason or "lines end with a line feed alone")
        if _SECTION.search(value):
            raise ValueError(
                "a line '## Plan', '## Prompt' or '## Tests' begins a section; use '###' inside one"
            )
        return value

    @model_validator(mode="after")
    def _fits(self) -> Template:
        names = [*(one.name for one in self.facts), *(one.name for one in self.variables)]
        if doubled := sorted({one for one in names if names.count(one) > 1 or one in BUILT_IN}):
            raise ValueError(f"the name {doubled[0]} stands for two things")
        if bool(self.steps) != self.is_sequence:
            raise ValueError("a sequence, and only a sequence, has steps")
        if self.is_sequence and (fault := next(faults(self.steps), None)):
            raise ValueError(fault)
        if wrong := next(self._unknown(), None):
            raise ValueError(
                f"the plan or a subject uses {{{wrong}}}, which is no variable, fact or built-in word"
            )
        if self.channel == "email" and not self.subjects:
            raise ValueError("an e-mail needs a subject line")
        variables = {one.name for one in self.variables}
        if lost := [
            one.subject_of for one in self.facts if one.subject_of and one.subject_of not in variables
        ]:
            raise ValueError(f"subject_of names {lost[0]}, which is no variable")
        return self

    def _unknown(self) -> Iterator[str]:
        plain = BUILT_IN | {one.name for one in self.variables}
        facts = {one.name for one in self.facts}
        for text in (self.plan, *self.subjects):
            for found in _SLOT.finditer(text):
                name, part = found.groups()
                if (part is None and name not in plain) or (
                    part is not None and (name not in facts or part not in PARTS)
                ):
                    yield found.group().strip("{}")

    @property
    def is_sequence(self) -> bool:
        """Whether it is a plan of several steps."""
        return self.channel == SEQUENCE

    @property
    def needs(self) -> tuple[FactSlot, ...]:
        """The facts without which it cannot be rendered."""
        return tuple(one for one in self.facts if one.least)

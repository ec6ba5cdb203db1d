"""A model as the writer of outreach: facts in, {subject, text} out, held to the claim check like anybody's text.

What it claims without a fact is given back to it once; what then still has no fact is not used. Greeting and signature are
ours, the recipient is the contact's, whatever the reply says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from remit.domains.outreach.material import Material
from remit.evidence.facts import Fact, usable
from remit.evidence.heading import check_heading
from remit.evidence.support import Support, check_text
from remit.kit.text import counted
from remit.llm.embedded import slots
from remit.llm.embedded.outreach import MOST_WORDS, Length, Tone
from remit.llm.gateway.call import Ask, ask
from remit.llm.gateway.config import Purpose
from remit.llm.gateway.ledger import NoModel
from remit.llm.gateway.prompt import Outside, Prompt, Template, template, visible
from remit.scope import Scope

MOST_FACTS: Final = 40
MOST_OF_THEIRS: Final = 8_000  # characters of a message that is answered
SIGN_OFF: Final = "Best regards"

_ADDRESS: Final = re.compile(r"https?:|www\.|\w@\w|\b\w[\w-]*\.(com|org|net|io|co|example)\b", re.IGNORECASE)
_GREETING: Final = re.compile(r"(hi|hello|dear|good (morning|afternoon))\b[^.!?]{0,60}[,:!]?", re.IGNORECASE)
_GOODBYE: Final = re.compile(
    r"(best|kind|warm)?\s*(regards|wishes)|best|sincerely|thanks|thank you|cheers", re.IGNORECASE
)


class Letter(BaseModel):
    """What a model gives back: text, and nothing that anything acts on."""

    model_config = ConfigDict(extra="forbid")

    subject: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=150), AfterValidator(visible)
    ]
    text: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=6000), AfterValidator(visible)
    ] = Field(
        description="the paragraphs of the message, without greeting and sign-off, blank lines between them"
    )


@dataclass(frozen=True, slots=True)
class Written:
    """A text that holds, and the model that wrote it. `repaired`: it took a second round. `left_out_count`: facts kept from it."""

    subject: str
    body: str
    model: str
    repaired: bool
    left_out_count: int

    @property
    def note(self) -> str:
        """What a reader of the draft should know of how it came about; "" for nothing."""
        told = []
        if self.repaired:
            told.append("The first version could not go out as it was; this is the mended one.")
        if self.left_out_count:
            what = counted(self.left_out_count, "fact was", "facts were")
            told.append(f"{what} not shown to the model: data handling keeps them in the house.")
        return " ".join(told)


@dataclass(frozen=True, slots=True)
class Task:
    """What a model is given for a letter: the purpose whose setting names it, the material, and the evidence shown to it.

    `about`: only these facts may be said (a follow-up says what the note says); None: whatever is live and may be said.
    `own`: the prompt of an approved template of the library, in the place of the general one.
    """

    purpose: Purpose
    material: Material
    evidence: tuple[Outside, ...]
    words: int
    tone: Tone = "direct"
    about: frozenset[UUID] | None = None
    own: Template | None = None

    @property
    def template(self) -> str:
        """The name of its prompt."""
        return self.purpose.replace("_", "-") + ("-warm" if self.tone == "warm" else "")

    @property
    def repair(self) -> str:
        """The name of the prompt that mends."""
        return "follow-up-repair" if self.purpose == "follow_up" else "outreach-repair"

    def asking(self, name: str, *more: Outside) -> Ask:
        """What is asked with the template `name`."""
        words = self.own if self.own is not None and name == self.template else template(name)
        prompt = Prompt(words, [*self.evidence, *more], {"words": self.words})
        return Ask(self.purpose, prompt, self.material.account_id)


def task(
    material: Material,
    purpose: Purpose = "outreach",
    length: Length = "short",
    tone: Tone = "direct",
    about: frozenset[UUID] | None = None,
) -> Task:
    """A letter to the material's contact; an answer is shown what they wrote, as text from outside."""
    known = [
        fact
        for fact in usable(material.facts, material.account_id, material.context.day)
        if (slots.speakable(fact) if about is None else fact.id in about)
    ]
    evidence = [*_about(material), *(_fact(fact) for fact in known[:MOST_FACTS])]
    if purpose == "answer" and material.answers is not None:
        theirs = f"{material.answers.subject}\n\n{material.answers.body}"[:MOST_OF_THEIRS]
        evidence.append(Outside(theirs, "the message that the reader wrote"))
    words = MOST_WORDS[length] - 20  # what greeting, ask and farewell of a mail take up
    return Task(purpose, material, tuple(evidence), words, tone, about)


def write(scope: Scope, asked: Task) -> Written:
    """Have the model of the purpose write to the material's contact. Raises NoModel, also when its text does not hold."""
    first = ask(scope, asked.asking(asked.template), Letter)
    return hold(scope, asked, first.output, first.model, first.left_out_count)


def letter_of(text: str, call_id: UUID | None) -> Letter:
    """A streamed reply, its first line the subject, as a letter. Raises NoModel when it has not that form."""
    first, _, rest = text.strip().partition("\n")
    try:
        return Letter(
            subject=re.sub(r"^\W*subject\W*:\s*", "", first, flags=re.IGNORECASE).strip("* "), text=rest
        )
    except ValidationError:
        raise NoModel(
            "bad_reply", "the model's reply had not the form that was asked for", call_id=call_id
        ) from None


def hold(scope: Scope, asked: Task, letter: Letter, model: str, left_out_count: int) -> Written:
    """The letter when it may go out as it is; else what the model makes of it when told what is wrong. Raises NoModel."""
    material = asked.material
    wrong = list(_wrong(letter, asked))
    if not wrong:
        return Written(letter.subject, _body(letter, material), model, False, left_out_count)
    problems = Outside("\n".join(wrong), "sentences that no fact supports")
    second = ask(scope, asked.asking(asked.repair, _as_it_is(letter), problems), Letter)
    still = list(_wrong(second.output, asked))
    if still:
        raise NoModel(
            "unsupported",
            f"the text of {model} could not go out, also after it was asked to mend that: {still[0].rstrip('.')}",
            call_id=second.call_id,
        )
    return Written(second.output.subject, _body(second.output, material), model, True, second.left_out_count)


def _about(material: Material) -> Iterator[Outside]:
    reader, writer = material.reader, material.writer
    yield Outside(
        f"reader: {reader.first_name} {reader.last_name}, {material.row.title or 'job unknown'}, at {reader.account_name}"
        f" (kind of firm: {reader.segment})\nwriter: {writer.name}, {writer.title or 'sales'}, at {writer.firm or 'our firm'}",
        "our records of the reader and the writer",
    )


def _fact(fact: Fact) -> Outside:
    """A fact as evidence; one that may not leave is left out, the others are enough to write from."""
    whose = "us" if fact.account_id is None else "the reader's firm"
    until = f"\ngood until: {fact.valid_until_on}" if fact.valid_until_on else ""
    said = f"{fact.subject}: {fact.value}" if fact.subject else fact.value
    return Outside(
        f"{said}\n\nin the words of the source: {fact.quote or fact.value}\n\nabout: {whose}\nkind: {fact.kind}\nas of: {fact.as_of_on}{until}",
        f"{fact.source_name} {fact.locator}".strip(),
        needed=False,
        public=fact.sensitivity == "public",
    )


def _as_it_is(letter: Letter) -> Outside:
    return Outside(f"subject: {letter.subject}\n\n{letter.text}", "the text as it is")


def _wrong(letter: Letter, asked: Task) -> Iterator[str]:
    """Each sentence that may not go out as it stands, with why; the subject line among them."""
    material = asked.material
    theirs = material.answers is not None and material.answers.from_the_contact
    heading = check_heading(letter.subject, material.facts, material.context, answers=theirs)
    if not _holds(heading):
        yield f"subject “{letter.subject}”: {heading.reason}"
    about_reader = {fact.id for fact in material.facts if fact.account_id is not None}
    found = check_text(_body(letter, material), material.facts, material.context)
    for one in found:
        if not _holds(one.support):
            yield f"“{one.text}”: {one.support.reason}"
    if asked.purpose != "answer" and not any(about_reader & set(one.support.fact_ids) for one in found):
        yield "the whole text: it says nothing that is known about the reader's firm, so it could go to anybody"
    for one in found:
        if asked.about is not None and set(one.support.fact_ids) - asked.about:
            yield f"“{one.text}”: this was not said in the note"
    if address := _ADDRESS.search(f"{letter.subject}\n{letter.text}"):
        yield f"“{address.group()}”: no link and no address may be written by a model"


def _holds(support: Support) -> bool:
    return support.state in ("supported", "not_a_claim")


def _body(letter: Letter, material: Material) -> str:
    """The whole text: our greeting, what the model wrote (without a greeting or sign-off of its own), our signature."""
    paragraphs = _own_words([part.strip() for part in letter.text.split("\n\n") if part.strip()])
    signature = "\n".join((f"{SIGN_OFF},", *material.writer.signature()))
    return "\n\n".join(
        [f"Hi {slots.name_words(material.reader.first_name) or 'there'},", *paragraphs, signature]
    )


def _own_words(paragraphs: Sequence[str]) -> list[str]:
    kept = list(paragraphs)
    if kept:
        first, _, rest = kept[0].partition("\n")
        if _GREETING.fullmatch(first.strip()):
            kept = [rest.strip(), *kept[1:]] if rest.strip() else kept[1:]
    if (
        kept
        and _GOODBYE.match(kept[-1])
        and len(kept[-1].split()) <= 12
        and not kept[-1].rstrip().endswith(("?", "."))
    ):
        kept = kept[:-1]
    return kept


def with_prompt(asked: Task, own: Template) -> Task:
    """The same task with the prompt of an approved template."""
    return replace(asked, own=own)

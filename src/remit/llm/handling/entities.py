"""People, firms and places: the small model's reading, mended by lists of names and by the words around."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from remit.llm.handling import names, signatures
from remit.llm.handling.spans import Found

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?|[^\w\s]|\d+|\n")
_LEGAL: Final = names.WORDS["legal_forms"]
_FIRM: Final = names.WORDS["firm_words"]
_BEFORE_PERSON: Final = re.compile(
    r"(?:\b(?:my|his|her|last|first|maiden|full|partner['’]?s|the) name(?: on the account)?(?: is|:|\?)|\bname[:?]|\bname is|\bi['’]?a?m|\bcalled|\bnamed?(?: (?:him|her))?|\bcalls? me|"
    r"\b(?:said|says|spoke to|speak (?:to|with)|follow up with|meet(?:ing)? with|met|contact|ask|tell|told|email|dear|hi|hello|hey|cc:?|attn:?|from:|to:|by|starring|featuring|kid|son|"
    r"daughter|wife|husband|partner|guardian|add|producer|singer|player|director|directed by:?|author|songwriter|assistant to|under|features|heard|change it to|"
    r"correct it to)|[\"“]\s?by)\s*[:,]?\s*[\"“]?$",
    re.I,
)
_AFTER_PERSON: Final = re.compile(
    r"^(?:['’]s\b|\s*:\s*[\"“A-Z]|,? (?:lives?|lived|said|says|speaks?|spoke|began|was born|is from|is a \w+ (?:person|listener|man|woman)|shouted|had given|wants?|will be (?:talking|speaking)|"
    r"called|told|wrote|mentioned|joined|left|works?|asked|explained|spent|listed|is very|from|of [A-Z])\b|\s*\n|\s*\(?[\w.+-]+@)"
)
_SURE_PERSON: Final = re.compile(
    r"^ (?:lives? (?:at|on|in)|said|says|shouted|began (?:writing|working)|had given|was born|is very|is a (?:very )?\w+ (?:person|listener|man|woman)|will be (?:talking|speaking)|"
    r"is from|told|mentioned)\b"
)
_BEFORE_PLACE: Final = re.compile(
    r"\b(?:[Ii]n|[Ff]rom|to|[Aa]t|near|around|outside|leaving|visit(?:ing)?|[Ss]outhern|[Nn]orthern|[Ee]astern|[Ww]estern|University of)\s+$"
)
_AFTER_PLACE: Final = re.compile(r"^ (?:leader|bridge|government|and [A-Z])")
_BEFORE_FIRM: Final = re.compile(
    r"\b(?:work(?:s|ed|ing)? (?:for|at)|join(?:s|ed)|from|employed by|founder of|ceo of|became|acquired|bought|merged with|of)\s+$|\bthe\s+$",
    re.I,
)
_AFTER_FIRM: Final = re.compile(
    r"^ (?:office|website|is (?:a|an|the) (?:design|multinational|startup|company|bank|fund|hedge|\w+ (?:company|agency|bank))|inc\b|announced)",
    re.I,
)
_PLAIN_WORD: Final = re.compile(
    r"(?:ly|ness|tion|ment|ing|ed|ures|ales|person)$"
)  # English by its ending, no name
_COUNTRY: Final = re.compile(
    r"\b(?:New Zealand|South Africa|(?:South|North) Korea|United (?:Kingdom|States(?: of America)?|Arab Emirates)|Saudi Arabia|Costa Rica|Sri Lanka|Hong Kong|Puerto Rico|"
    r"El Salvador|Sierra Leone|Ivory Coast|Czech Republic|Dominican Republic|South Sudan|Papua New Guinea|New York|New Jersey|North Carolina|South Carolina|North Macedonia)\b"
)


@dataclass(frozen=True, slots=True)
class Entity:
    """What the model saw: as Presidio calls it (PERSON, ORGANIZATION, LOCATION, …) over characters."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class _Run:
    """Capitalised words in a row. `kinds`: of each word, as names.kinds says."""

    start: int
    end: int
    words: tuple[str, ...]
    kinds: tuple[str, ...]
    opens: bool  # stands at the start of a sentence or line


def find(text: str, seen: Sequence[Entity]) -> Iterator[Found]:
    """People, firms, places and nationalities of `text`."""
    runs = [_without_verb(run) for run in _runs(text)]
    decided = {run: _kind(text, run, seen) for run in runs}
    people = {
        word
        for run, kind in decided.items()
        if kind == "PERSON" and len(run.words) > 1
        for word in run.words
        if len(word) > 2
    }
    taken: list[tuple[int, int]] = []
    for run, kind in decided.items():
        kind = kind or ("PERSON" if set(run.words) <= people else None)  # named in full elsewhere in the text
        if kind:
            taken.append((run.start, run.end))
            yield Found(run.start, run.end, kind)
    for entity in seen:
        mapped = _mapped(text, entity)
        if mapped and not any(a < entity.end and entity.start < b for a, b in taken):
            yield Found(entity.start, entity.end, mapped, sure=False)
    yield from (Found(*match.span(), "PLACE") for match in _COUNTRY.finditer(text))
    for match in re.finditer(r"[^\W\d_]+", text):
        if match[0].lower() in names.DEMONYMS and match[0] != match[0].upper():
            yield Found(*match.span(), "NATIONALITY")
    yield from signatures.titles(text)
    if "\n" in text or " as " in text or ", the " in text:
        yield from signatures.jobs(text)
    if text.count("\n") >= 2:
        yield from signatures.firms_on_lines(text, taken)
    if text == text.lower():
        yield from signatures.without_capitals(text)
        for match in re.finditer(r"[^\W\d_]{4,}", text):
            if match[0] in names.COUNTRIES - {"turkey", "chad", "jordan", "china", "guinea"}:
                yield Found(*match.span(), "PLACE")


def _mapped(text: str, entity: Entity) -> str | None:
    """What a model's entity counts as where no run of names decided: only what the model is usually right about."""
    words = text[entity.start : entity.end]
    low = [word.lower().strip(".,'’") for word in words.split()]
    if (
        not low
        or any(mark.isdigit() for mark in words)
        or "\n" in words
        or all(word in names.NEVER for word in low)
    ):
        return None
    if low[0].startswith(("i'", "i’")) or any(
        _PLAIN_WORD.search(word) and not names.kinds(word) for word in low
    ):
        return None
    if entity.label == "PERSON" and words[0].isupper() and len(low) <= 4 and low[0] not in names.NEVER:
        return "PERSON"
    if entity.label == "LOCATION" and words[0].isupper():
        return "PLACE"
    if entity.label == "ORGANIZATION" and (low[-1] in _LEGAL or low[-1] in _FIRM) and len(low) >= 2:
        return "ORGANIZATION"
    return None


def _runs(text: str) -> Iterator[_Run]:
    held: list[re.Match[str]] = []
    opens = new = True
    for match in _WORD.finditer(text):
        word = match[0]
        low = word.lower().rstrip(".")
        capital = word[0].isupper() and word[0].isalpha()
        if low in names.TITLES and capital:
            if held:
                yield _run(held, opens)
            held, new = [], False
            continue
        near = bool(held) and match.start() - held[-1].end() <= 1
        fits = (
            (low not in names.NEVER and re.split("['’]", low)[0] != "i")
            or (bool(held) and len(low) == 1 and word.endswith("."))
            or (bool(held) and low in _LEGAL | _FIRM)
        )
        if capital and fits and (near or not held):
            if not held:
                opens = new
            held.append(match)
            if word.endswith(("'s", "’s")) or (word.endswith(".") and len(word) > 3 and low not in _LEGAL):
                yield _run(held, opens)
                held, new = [], word.endswith(".")
                continue
        elif near and (low in names.PARTICLES or word == "&") and word[0] != "\n":
            held.append(match)
        else:
            if held:
                yield _run(held, opens)
            held = []
            if capital and low not in names.NEVER:
                held, opens = [match], new
        new = word in '.!?\n:>"“' or (new and not word[0].isalnum())
    if held:
        yield _run(held, opens)


def _run(held: list[re.Match[str]], opens: bool) -> _Run:
    while held and (held[-1][0].lower() in names.PARTICLES or held[-1][0] == "&") and len(held) > 1:
        held = held[:-1]
    end = held[-1].end()
    words = [match[0] for match in held]
    if words[-1].endswith(("'s", "’s")):
        end -= 2
        words[-1] = words[-1][:-2]
    if words[-1].endswith(".") and len(words[-1]) > 2 and words[-1].lower().rstrip(".") not in _LEGAL:
        end -= 1
        words[-1] = words[-1][:-1]
    return _Run(
        held[0].start(), end, tuple(words), tuple(names.kinds(word.rstrip(".")) for word in words), opens
    )


def _without_verb(run: _Run) -> _Run:
    """`Brief Jane Roe`: the word that opens a sentence is no name when it is on no list and a given name follows."""
    if run.opens and len(run.words) >= 2 and not set(run.kinds[0]) & {"g", "f"} and "g" in run.kinds[1]:
        start = run.start + len(run.words[0]) + 1
        return _Run(start, run.end, run.words[1:], run.kinds[1:], False)
    return run


def _kind(text: str, run: _Run, seen: Sequence[Entity]) -> str | None:
    low = [word.lower().rstrip(".") for word in run.words]
    line = text[text.rfind("\n", 0, run.start) + 1 : (text.find("\n", run.end) + 1 or len(text) + 1) - 1]
    if line.isupper() and len(line) > len(text[run.start : run.end]) + 3:
        return None  # shouting: capitals say nothing
    before, after = text[max(0, run.start - 40) : run.start], text[run.end : run.end + 40]
    labels = {entity.label for entity in seen if entity.start < run.end and run.start < entity.end}
    if (low[-1] in _LEGAL and len(low) > 1) or (len(low) >= 2 and low[-1] in _FIRM):
        return "ORGANIZATION"
    if all(word in names.DEMONYMS for word in low):
        return None
    if "&" in run.words and len(low) >= 3 and any("f" in kind for kind in run.kinds):
        return "ORGANIZATION"
    if len(low) == 3 and len(low[1]) == 1 and len(low[0]) > 2 and len(low[2]) > 2:
        return "PERSON"  # Jane Q Roe
    titled = bool(re.search(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herr|Frau|Mme|Sir)\.?\s$", before))
    if titled:
        return "PERSON"
    if any(word in names.COUNTRIES for word in low) and len(low) <= 3:
        return "PLACE"
    return _by_words(run, before, after, labels)


def _by_words(run: _Run, before: str, after: str, labels: set[str]) -> str | None:
    """By the lists, the model and the words around, the strongest first."""
    low = [word.lower() for word in run.words]
    given = any("g" in kind for kind in run.kinds)
    family = any("f" in kind for kind in run.kinds)
    plain = any("w" in kind for kind in run.kinds)
    place = any("p" in kind for kind in run.kinds)
    person_cue = bool(_BEFORE_PERSON.search(before)) or bool(_SURE_PERSON.match(after))
    person_cue = person_cue or (bool(_AFTER_PERSON.match(after)) and (given or family or "PERSON" in labels))
    place_cue = bool(_BEFORE_PLACE.search(before)) or bool(_AFTER_PLACE.match(after))
    if len(run.words) >= 2:
        if (given or (family and not place)) and not (plain and not given) and len(run.words) <= 4:
            return "PERSON"
        if person_cue and len(run.words) <= 3 and not plain:
            return "PERSON"
    if (
        person_cue
        and not place_cue
        and (given or family or "PERSON" in labels or not plain)
        and len(run.words) <= 3
    ):
        return "PERSON"
    if person_cue and _SURE_PERSON.match(after) and len(run.words) <= 3 and not plain:
        return "PERSON"
    if len(run.words) == 2 and not plain and not any(run.kinds) and re.match(r"['’]s [a-z]", after):
        return "PERSON"
    if (
        place_cue
        and not plain
        and len(run.words) <= 4
        and not (len(run.words) == 1 and len(run.words[0]) <= 4 and run.words[0].isupper())
    ):
        return "PLACE" if place or "LOCATION" in labels or not _BEFORE_FIRM.search(before) else "ORGANIZATION"
    if "LOCATION" in labels and (place or len(run.words) == 1):
        return "PLACE"
    if "PERSON" in labels and not plain and not any(_PLAIN_WORD.search(word) for word in low):
        return "PERSON"
    if given and not plain and not (place and not place_cue and not family) and not run.opens:
        return "PERSON"
    if _AFTER_FIRM.match(after) or re.search(r"\bwork(?:s|ed|ing)? (?:for|at)\s$", before):
        return "ORGANIZATION"
    if place_cue and place:
        return "PLACE"
    return None

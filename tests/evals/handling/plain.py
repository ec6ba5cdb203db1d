"""Presidio as it comes, with the same small model: its own default configuration, only the model's name exchanged."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import presidio_analyzer
import yaml
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpEngineProvider

from remit.llm.handling.analyzer import MODEL


@lru_cache(maxsize=1)
def analyzer() -> AnalyzerEngine:
    """The engine that `AnalyzerEngine()` would make, with our model."""
    file = Path(presidio_analyzer.__file__).parent / "conf" / "default.yaml"
    settings = yaml.safe_load(file.read_text("utf-8"))
    settings["models"] = [{"lang_code": "en", "model_name": MODEL}]
    engine = NlpEngineProvider(nlp_configuration=settings).create_engine()
    return AnalyzerEngine(nlp_engine=engine, supported_languages=["en"], default_score_threshold=0.4)

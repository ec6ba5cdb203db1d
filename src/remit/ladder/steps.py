"""The eight steps, and the gates each ends in, as data. A change of a definition raises its version.

Titles and rules are those of the mission's ladder; `n_min_count` is the least number of observations for a reading to count
(95 % one-sided confidence with zero failures, or the exact number the rule names).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Final, Literal

Comparison = Literal["at least", "at most", "below"]


@dataclass(frozen=True, slots=True)
class Gate:
    """One measured criterion. `threshold` in `unit`; `rule` says how it is measured, in words that a reader can check."""

    id: str
    title: str
    rule: str
    threshold: float
    comparison: Comparison
    unit: str
    n_min_count: int
    observations: str
    window_days: int
    stale_days: int = 7
    version: int = 1

    @property
    def step(self) -> int:
        """The number of its step."""
        return int(self.id[1])

    @property
    def definition_hash(self) -> str:
        """SHA-256 (hex) of the definition: a reading names the one it was taken by."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: what it is called, what it means, its gates."""

    number: int
    title: str
    meaning: str
    gates: tuple[Gate, ...]


def _g(
    id: str,
    title: str,
    rule: str,
    threshold: float,
    comparison: Comparison,
    unit: str,
    n_min_count: int,
    observations: str,
    window_days: int,
    stale_days: int = 7,
    version: int = 1,
) -> Gate:
    return Gate(
        id,
        title,
        rule,
        threshold,
        comparison,
        unit,
        n_min_count,
        observations,
        window_days,
        stale_days,
        version,
    )


STEPS: Final[tuple[Step, ...]] = (
    Step(
        0,
        "Individual augmentation",
        "Reps write, summarise and prepare with AI, each on their own.",
        (
            _g("S0-G1", "60 % of the sales team use AI every week for 30 days",
               "Lowest week of at least four ISO weeks in a row: reps with an accepted AI artefact (sent, saved or cited) ÷ reps who were active on every day of that week.",
               0.60, "at least", "share", 4, "whole weeks", 42, version=2),
            _g("S0-G2", "Three documented cases of better productivity",
               "Cases with baseline and AI minutes (5 or more of each), artefacts of the work that was timed with their hashes, a manager's sign-off and an upper bound of the difference below zero.",
               3, "at least", "cases", 3, "cases", 365, 90, version=2),
            _g("S0-G3", "A data-handling policy exists and is enforced",
               "Active version, a decision for every data class and destination, attested by 95 % of users, and the gateway enforces the same hash.",
               0.95, "at least", "share attested", 1, "users", 365, 1),
        ),
    ),
    Step(
        1,
        "Structured productivity",
        "Templates per role, approved by compliance, on the firm's own AI.",
        (
            _g("S1-G1", "The library covers 80 % of common sales motions",
               "Frequency of motions that have an active, approved, unexpired template ÷ frequency of all motions, from logged work.",
               0.80, "at least", "share", 14, "motions seen", 90),
            _g("S1-G2", "75 % of the team use it as their primary tool",
               "Reps of whose AI work in the last attested month half or more was made here ÷ reps active on every day of it. Made here: accepted AI artefacts. Elsewhere: what the rep attests, but no less than what data handling stopped; without a word of theirs a rep counts as no.",
               0.75, "at least", "share", 11, "reps", 31, 45, version=2),
            _g("S1-G3", "Compliance approved every template category in use",
               "For every category in use there is an approval of its current version by somebody in compliance that has not expired.",
               1.0, "at least", "share", 1, "categories", 90),
            _g("S1-G4", "Proposal time drops by 40 %",
               "1 − median active minutes with AI ÷ median baseline minutes; lower bound by bootstrap, stratified by complexity, edits included.",
               0.40, "at least", "share", 14, "proposals", 180, 30),
        ),
    ),
    Step(
        2,
        "Shared knowledge layer",
        "One assistant over the firm's records and documents, with access enforced.",
        (
            _g("S2-G1", "90 % of common questions are covered",
               "Answered with evidence ÷ asked, on the frequency-weighted question log and seeded gaps; abstaining counts as not covered.",
               0.90, "at least", "share", 29, "questions", 90),
            _g("S2-G2", "95 % of answers are right on the validated test set",
               "Right ÷ (right + wrong), lower bound; items stratified, rotated and sealed before the run.",
               0.95, "at least", "share", 59, "test items", 90, 30),
            _g("S2-G3", "Access control is implemented and verified",
               "No unentitled span returned in adversarial probes per pair of roles, every read path passes the filter, last run within a day.",
               0, "at most", "leaks", 149, "probes", 1, 1),
            _g("S2-G4", "New reps are ready 30 % sooner",
               "1 − median days to exam and first qualified meeting ÷ baseline, lower bound.", 0.30, "at least", "share", 11, "new reps", 365, 90),
        ),
    ),
    Step(
        3,
        "Workflow automation",
        "Hand-offs and routine steps run by themselves, with people at the gates.",
        (
            _g("S3-G1", "Five workflows are live and stable",
               "Workflows live for 30 days with a lower bound of success of 98 % on 149 runs and no severe incident.",
               5, "at least", "workflows", 149, "runs of each", 30),
            _g("S3-G2", "Lead scoring is 80 % accurate",
               "Lower bound of balanced accuracy, better than the majority guess by 5 points, calibration and parity within 5 points, out of time. Plain accuracy would be passed by a model that always says no.",
               0.80, "at least", "balanced accuracy", 200, "matured leads", 180, 30),
            _g("S3-G3", "Fewer than 2 % of hand-offs fail",
               "Upper bound of failed ÷ fired; late, duplicate, refused for missing context and not acknowledged all count as failed.",
               0.02, "below", "share", 149, "hand-offs", 90),
            _g("S3-G4", "No client complains about automation",
               "Complaints that a chain of records links to automation, on 300 client-facing effects or more.", 0, "at most", "complaints", 300, "client-facing effects", 90),
        ),
    ),
    Step(
        4,
        "Monitoring and consolidation",
        "One place shows revenue, forecast, cost and the return of each automation.",
        (
            _g("S4-G1", "A single pane of glass", "Governance metrics and daily actions served here ÷ all of them; no off-platform metric in board packs for 60 days.",
               0.95, "at least", "share", 59, "metrics and actions", 60),
            _g("S4-G2", "The forecast is within 10 % for three months",
               "For each of three months in a row: |forecast frozen before the month − actual| ÷ actual, and 80 % intervals cover 70 to 90 %.",
               0.10, "at most", "error", 3, "months", 120, 35),
            _g("S4-G3", "Three platforms at most", "Tools in the register with 5 % of revenue minutes or a system-of-record role.", 3, "at most", "platforms", 1, "registers", 90, 90),
            _g("S4-G4", "The return of each workflow is documented", "Live workflows with a return, its interval and method (holdout, stepped, matched) ÷ live workflows; negatives listed.",
               1.0, "at least", "share", 1, "workflows", 90, 35),
        ),
    ),
    Step(
        5,
        "Personal agent teams",
        "Each rep directs five agents and opens the day with a ranked list.",
        (
            _g("S5-G1", "80 % of reps use their agents daily", "Mean over 20 business days of reps who acted on an agent's suggestion ÷ active reps; no day below 70 %.",
               0.80, "at least", "share", 20, "business days", 30),
            _g("S5-G2", "Each rep covers twice the accounts", "Median accounts per rep with a meaningful contact in 30 days ÷ baseline, lower bound, at no lower quality.",
               2.0, "at least", "times", 11, "reps", 30),
            _g("S5-G3", "Client satisfaction holds", "Lower bound of satisfaction now − baseline (not worse than a preset margin), with a check of the response rate.",
               -0.2, "at least", "points of 5", 59, "answers", 90, 35),
            _g("S5-G4", "No client-facing incident from an agent", "Incidents of severity 1 or worse on 300 client-facing effects; a seeded drill shows that they would be seen.",
               0, "at most", "incidents", 300, "client-facing effects", 90),
        ),
    ),
    Step(
        6,
        "Autonomous department",
        "Inbound and outbound run end to end; people take exceptions and key accounts.",
        (
            _g("S6-G1", "Six months of autonomous pipeline below 3 % errors", "Upper bound of errors ÷ autonomous decisions in each of six months, found by people's random audit (99 a month).",
               0.03, "below", "share", 594, "audited decisions", 183, 35),
            _g("S6-G2", "Revenue per head is three times the baseline", "Recognised revenue of twelve months ÷ mean full-time heads (contractors counted) ÷ baseline.", 3.0, "at least", "times", 12, "months", 365, 35),
            _g("S6-G3", "The regulatory audit is passed", "An outside auditor's verdict and pack hash, no open high finding; monthly mock exam produces 98 % of records within a day.",
               0.98, "at least", "share", 149, "records asked for", 365, 35),
            _g("S6-G4", "Net promoter score within five points of the baseline", "Lower bound of score now − baseline, stratified, with a check of response bias.", -5, "at least", "points", 59, "answers", 180, 95),
        ),
    ),
    Step(
        7,
        "Autonomous enterprise",
        "From market opportunity to hand-off without hands; people hold strategy and oversight.",
        (
            _g("S7-G1", "Revenue per employee is five times the industry's", "Own revenue per employee ÷ a published benchmark with source and date; no source, no reading.", 5.0, "at least", "times", 12, "months", 365, 35),
            _g("S7-G2", "Quality and compliance hold at all times", "Days of the window on which every quality and compliance objective was met ÷ days.", 1.0, "at least", "share", 90, "days", 90, 2),
            _g("S7-G3", "Compliance is continuous and verified", "Control-hours with status met ÷ all (cannot tell counts as not met), verified offline from the exported pack by a second tool.",
               0.999, "at least", "share", 2_160, "control-hours", 90, 2),
            _g("S7-G4", "People do only strategy and key relationships", "Human minutes in strategy, key relationships, exceptions and oversight ÷ all human revenue minutes, with the floor of human contact held.",
               0.95, "at least", "share", 59, "sampled hours", 90, 35),
        ),
    ),
)  # fmt: skip
GATES: Final[dict[str, Gate]] = {gate.id: gate for step in STEPS for gate in step.gates}

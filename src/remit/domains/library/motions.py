"""Which sales motion a logged piece of work was, by the words that people use for it. One table for SQL and for people.

Motions are looked for in this order, in subject and text together; what fits nothing counts as unrecognised, which no template
covers. So the measure cannot be flattered by leaving work out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from remit.domains.library.model import MOTIONS

SIGNS: Final[Mapping[str, str]] = {
    "security_answer": r"security (questionnaire|question|review|answer)|access logs?|penetration|encrypt|iso 27001|soc 2|due diligence of vendors",
    "rfp_answer": r"\m(rfp|rfi|ddq|tender)\M|request for (proposal|information)|questionnaire",
    "integration": r"integrat|interface list|architecture|\m(oms|ems|pms)\M.{0,40}\m(connect|feed|interface)",
    "technical_answer": r"fix session|broker session|\mapi\M|user rights|log attached|technical (question|point)|engineers? (want|ask)",
    "closing": r"order form|signature|counsel|liability|clause|\mlegal\M|\mcontract\M|to sign by|last offer|payment by quarter|\mterm is not\M",
    "trial": r"\mtrial\M|proof of concept|\mpoc\M|pilot|measure in a|join your desk",
    "price_rationale": r"split the price|list price|\mdiscount|price (goes|went|is|book)|what happens to the price|said to be cheaper|budget round|quote of",
    "proposal": r"\mproposal\M|\mquote\M|\moffer\M",
    "battle_card": r"compared with|compare|competitor|also look at|also looked at|\mversus\M",
    "win_back": r"win.?back|cancel|moved away from us|former customer",
    "event_follow_up": r"conference|event|webinar|panel|booth|roundtable",
    "reference": r"reference",
    "action_plan": r"who (besides you|else) would need|next steps|milestone|action plan|decision by|what has to happen",
    "objection": r"not unhappy|too expensive|no budget|not (this|a) (month|year|project|priority)|happy with what|stays for now|cannot sign",
    "reactivation": r"nothing moves|quarterly call|gone quiet|after a while|last spoke|long time",
    "meeting_follow_up": r"thank you for the time|you mentioned|you said|they said|confirmed that|spoke with|as agreed|following up",
    "inbound_reply": r"^\s*re:|thank you for (your|getting in touch)|you asked (us )?(for|about)",
    "cold_outreach": r"tell us that they lose|would a coffee|thirty minutes|twenty minutes|20 minutes|\mdear\M|\mhello\M|\mhi\M",
}  # fmt: skip
"""PostgreSQL patterns, without regard to case."""
PREPARED: Final[Mapping[str, str]] = {"meeting": "meeting_prep"}
"""Kinds of activity that are one motion whatever was said."""
CALLS: Final = "call_script"
OTHER: Final = "unrecognised"


def sql_case(kind: str, direction: str, text: str) -> str:
    """A CASE that gives the motion of a row; arguments are SQL of ours (columns), never input. NULL: no work of ours."""
    found = " ".join(f"WHEN {text} ~* '{sign}' THEN '{motion}'" for motion, sign in SIGNS.items())
    meetings = " ".join(f"WHEN {kind} = '{name}' THEN '{motion}'" for name, motion in PREPARED.items())
    return (
        f"CASE {meetings} WHEN NOT ({kind} = 'call' OR ({kind} = 'email' AND {direction} = 'out')) THEN NULL {found}"
        f" WHEN {kind} = 'call' THEN '{CALLS}' ELSE '{OTHER}' END"
    )


def title(motion: str) -> str:
    """A motion in words."""
    return MOTIONS.get(motion, "Unrecognised")

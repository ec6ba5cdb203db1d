"""Verbs of promises, and their forms: what people in sales say they will do. Lists only."""

from __future__ import annotations

import re
from typing import Final

# what either side promises
VERBS: Final = (
    r"send|resend|share|forward|prepare|check|confirm|get back|come back|revert|reply|respond|answer|call|ring|phone|set up|arrange|schedule|book|"
    r"introduce|review|test|look into|look at|look through|go through|provide|write|draft|update|sign|countersign|return|add|invite|connect|follow up|"
    r"circulate|fix|complete|finish|deliver|ask|speak|talk|put together|put us in touch|organi[sz]e|pass|loop|clarify|find out|quote|price|decide|let|e-?mail|approve|"
    r"submit|fill|fill in|upload|collect|compare|open|raise|split|give|get|bring|chase|investigate|supply|nominate|name|identify|issue|extend|redo|"
    r"demo|show|walk|take|have|make|ping|pick|prepare|get|put|hand|produce|run|configure|enable|switch on|mark|join|host|pull|dig out|work out|calculate|estimate|order|pay|start|recommend|propose|scope|map|document|record|verify|validate|escalate|"
    r"tell|inform|notify|remind|message|text|circle back|touch base|brief|present|explain|summari[sz]e|relay|report back|sort out|sort|see to|deal with|take care of|"
    r"gather|compile|assemble|export|extract|scan|attach|supply|amend|revise|redraft|rewrite|rework|correct|resolve|double-check|cross-check|vet|clear|sign off|"
    r"grant|whitelist|unlock|create|liaise|coordinate|negotiate|nudge|press|push|drop off|dig up|feed back|turn round|turn around|appoint|assign|commit|place"
)
# what is a promise when we say it; of them it tells only what their firm does
OURS_VERBS: Final = (
    r"install|deploy|build|load|migrate|reset|restart|reboot|disable|register|train|measure|benchmark|reconcile|rank|pencil in|block|reserve|post|publish|flag|report|"
    r"handle|own|drive|lead|visit|meet|come by|drop by|swing by|source|obtain|secure|tidy up|clean up|repair|patch|upgrade|roll out|replace|swap|remove|delete|adjust|"
    r"tweak|tune|refresh|renew|cancel|postpone|move|reschedule|shift|reconfirm|audit|inspect|evaluate|assess|study|read|tackle|translate|simulate|replay|backfill|"
    r"credit|waive|match|sit down|catch up|stop by|travel|fly|ship|print|sketch|design|mock up|model|cost|size|list"
)
_SINGLE: Final = sorted(
    {one for one in re.split(r"\|", f"{VERBS}|{OURS_VERBS}") if one.isalpha()} | {"organize", "summarize"}
)
_DOUBLED: Final = frozenset(
    ["get", "let", "put", "set", "run", "ship", "chat", "scan", "vet", "plan", "fit", "swap", "commit"]
)


def _ing(verb: str) -> str:
    if verb in _DOUBLED:
        return f"{verb}{verb[-1]}ing"
    if verb.endswith("e") and not verb.endswith("ee"):
        return f"{verb[:-1]}ing"
    return f"{verb}ing"


BASE_OF: Final = {_ing(verb): verb for verb in _SINGLE}
"""'sending' → 'send'."""
DOING: Final = "|".join(sorted(BASE_OF, key=len, reverse=True))

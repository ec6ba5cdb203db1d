"""Words in cells: what means nothing, yes and no, marketing channels, outcomes of deals, states of leads."""

from __future__ import annotations

from typing import Final

from remit.kit.countries import COUNTRIES as COUNTRIES
from remit.kit.text import fold

# What exports write into a cell that has no value. Compared folded to lower case, outer blanks gone.
NULLS: Final = frozenset(
    {
        "", "-", "--", "---", "–", "—", ".", "?", "null", "none", "nil", "nan", "n/a", "#n/a", "n.a.", "na", "#null!", "#value!",
        "#ref!", "#name?", "#div/0!", "(blank)", "blank", "empty", "select", "select...", "please select", "-- select --",
        "--select--", "-none-", "--none--", "-- none --", "(none)", "[none]", "not specified", "not provided", "not available",
        "undefined", "tbd", "<na>", "\\n",
    }
)  # fmt: skip
# "NA" is a continent and a country's code where places stand
NULLS_OF_PLACES: Final = NULLS - {"na"}

YES: Final = frozenset("yes y true t 1 x ja oui si on checked".split())  # noqa: SIM905
NO: Final = frozenset("no n false f 0 nein non off unchecked".split())  # noqa: SIM905

CHANNELS: Final = frozenset(
    fold(word)
    for word in """social|social media|paid search|organic search|organic|email|e-mail|direct|direct traffic|referral|referrals|
    referral sites|display|other publicities|google|google ads|adwords|bing|facebook|linkedin|twitter|instagram|youtube|sem|seo|cpc|ppc|
    web|website|web form|phone|phone inquiry|partner|partners|trade show|tradeshow|event|events|conference|webinar|outbound|inbound|
    cold call|cold calling|cold email|word of mouth|advertisement|ads|newsletter|campaign|blog|chat|olark chat|live chat|reference|
    paid social|organic social|offline|offline sources|other campaigns|purchased list|employee referral|external referral|content|
    press|advertising|affiliate|affiliates|search|referal|direct mail|online form|other|unknown""".replace(
        "\n", ""
    ).split("|")
)

WON: Final = frozenset(
    fold(word)
    for word in """won|closed won|closedwon|win|gewonnen|closed - won|closed/won|gagne|ganado|deal won|signed|6 closed won|
    is won""".replace("\n    ", "").split("|")
)
LOST: Final = frozenset(
    fold(word)
    for word in """lost|closed lost|closedlost|loss|verloren|closed - lost|closed/lost|perdu|perdido|deal lost|dead|abandoned|
    cancelled|canceled|rejected|7 closed lost|disqualified|no decision|closed no decision""".replace(
        "\n    ", ""
    ).split("|")
)

LEAD_STATES: Final = {
    fold(word): state
    for state, words in {
        "new": "new|open|untouched|not contacted|open not contacted|no|0|false|raw|fresh|uncontacted|unread",
        "working": "working|contacted|attempted|attempted to contact|in progress|open deal|connected|nurture|nurturing|engaged|"
        "working contacted|in process|mql|marketing qualified|recycled|assigned|active|pending|warm",
        "qualified": "qualified|sql|sales qualified|hot|accepted|sal|qualified lead|opportunity",
        "disqualified": "disqualified|unqualified|dead|lost|junk|rejected|bad timing|not interested|closed not converted|invalid|closed lost|bad lead|spam",
        "converted": "converted|closed converted|won|customer|yes|1|true|closed won|closed|deal|converted to opportunity",
    }.items()
    for word in words.split("|")
}
RELATIONS: Final = {
    fold(word): relation
    for relation, words in {
        "customer": "customer|client|active|existing|active customer|evangelist|current|current client|live",
        "former": "former|churned|inactive|lost|former customer|past client|terminated|ex customer",
        "target": "target|prospect|lead|new|subscriber|marketing qualified lead|sales qualified lead|marketingqualifiedlead|"
        "salesqualifiedlead|opportunity|other|suspect|potential|partner|competitor|vendor|analyst|press|reseller|integrator|investor",
    }.items()
    for word in words.split("|")
}
FORECASTS: Final = {
    fold(word): category
    for category, words in {
        "pipeline": "pipeline|open|not forecasted|upside",
        "best_case": "best case|bestcase|best|most likely|probable",
        "commit": "commit|committed|forecast",
        "closed": "closed|won",
        "omitted": "omitted|omit|excluded|lost|not forecast",
    }.items()
    for word in words.split("|")
}
ACTIVITIES: Final = {
    fold(word): kind
    for kind, words in {
        "email": "email|e-mail|mail|incoming email|outgoing email|list email|e mail|email sent|email opened|forwarded email|email reply|emails",
        "call": "call|phone|phone call|telephone|call logged|anruf|cold call|discovery call|voicemail|calls|outbound call|inbound call",
        "meeting": "meeting|event|demo|visit|appointment|lunch|webinar|conference|on site|onsite|presentation|termin|video call|zoom|meetings|product demo|workshop",
        "task": "task|to do|todo|follow up|reminder|aufgabe|deadline|other|tasks|linkedin",
        "note": "note|notes|comment|memo|chat|sms|text|message|notiz|linkedin message|letter",
    }.items()
    for word in words.split("|")
}
DIRECTIONS: Final = {
    **dict.fromkeys(
        ["in", "inbound", "incoming", "incoming email", "received", "eingehend", "from client"], "in"
    ),
    **dict.fromkeys(
        ["out", "outbound", "outgoing", "outgoing email", "sent", "email", "ausgehend", "internal"], "out"
    ),
}

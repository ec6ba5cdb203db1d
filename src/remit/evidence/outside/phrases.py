"""How orders to software are worded: patterns over folded text (small letters, blanks single), as data.

A `strong` phrase warns alone; two `weak` ones of different codes warn together when they stand close. Every gap is
bounded, so a pattern costs time in proportion to the text. English and German; the most common turn also in Spanish,
French, Italian, Portuguese, Dutch, Russian, Croatian and Chinese.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# What a person is told; the words themselves are shown beside it.
REASONS: Final[dict[str, str]] = {
    "set_aside": "asks software to set aside what it was told",
    "new_task": "gives software a new task",
    "role": "tells software to be somebody else",
    "reveal": "asks software for what it was told in confidence",
    "dictate": "dictates what software has to say",
    "unbound": "asks software to drop its limits",
    "deed": "orders software to act: to send, approve, pay or delete",
    "keep_secret": "asks that people not be told",
    "addressed": "addresses software, not a person",
    "shape": "tells software how to change its answer",
    "markup": "uses the marks that software reads as its own orders",
    "covered": "reads like an order, where no reader sees it",
    "code": "asks software to run or add program text",
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One wording. `code` is a key of REASONS; `strong` when it warns alone.

    `needs`: the pattern matches no text without one of these; looking for them first makes reading several times faster.
    """

    code: str
    strong: bool
    pattern: re.Pattern[str]
    needs: tuple[str, ...]


def _phrase(code: str, needs: str, pattern: str, *, strong: bool = True) -> Phrase:
    return Phrase(code, strong, re.compile(pattern, re.MULTILINE), tuple(needs.split()))


_TOLD: Final = (
    r"(?:instructions?|prompts?|commands?|directives?|directions|guidelines|rules|polic(?:y|ies)|tasks?|assignments?|orders|programming|training|"
    r"restrictions|thoughts|inputs?|responses)"
)
_BEFORE: Final = (
    r"(?:above|previous(?:ly)?|prior|preceding|earlier|foregoing|former|past|before|until\snow|so\sfar)"
)
_WRITTEN: Final = (
    r"(?:essay|poem|manifesto|story|plea|article|paragraph|song|joke|speech|letter|reason|text|headline)"
)
_DUTY: Final = r"(?:anweisung|aufgabe|auftr[aä]g|befehl|instruktion|information|regel|vorgabe|prompt|eingabe|dokument)\w*"

PHRASES: Final[tuple[Phrase, ...]] = (
    # --- set aside what was said before
    _phrase("set_aside", "abandon bypass discard dismiss disregard drop erase forget ignor neglect overrid overrule supersede", rf"\b(?:ignor(?:e|ing)|forget|disregard|drop|discard|abandon|overrid(?:e|ing)|overrule|bypass|neglect|dismiss|erase|supersede)\s"
            rf"(?:\S+\s){{0,4}}?(?:{_BEFORE}\s(?:\S+\s){{0,2}}?)?(?:all|any|every|your|the|these|those|my|its|our|{_BEFORE})\s(?:\S+\s){{0,3}}?{_TOLD}\b"),
    _phrase("set_aside", "discard disregard drop forget ignore", rf"\b(?:ignore|forget|disregard|drop|discard)\s(?:{_BEFORE}\s)?{_TOLD}\b"),
    _phrase("set_aside", "disregard forget ignore", r"\b(?:forget|ignore|disregard)\s(?:about\s)?(?:everything|anything|all)\b(?!\s(?:else|about\s(?:it|us)))"),
    _phrase("set_aside", "disregard forget ignore", r"\b(?:ignore|forget|disregard)\s(?:what|all|everything)\s(?:\S+\s){0,3}?(?:said|told|know|written|above|before)\b"),
    _phrase("set_aside", "assignments context information instructions tasks", r"\b(?:leave|put|take|remove|clear)\s(?:\S+\s){0,2}?(?:all|previous|prior)\s(?:\S+\s){0,2}?(?:information|tasks|instructions|context|assignments)\s(?:\S+\s){0,3}?(?:behind|aside|out|away)\b"),
    _phrase("set_aside", "document passage source", r"\b(?:ignore|disregard|do\snot\slook\s(?:in|at)|not\saccording\sto)\s(?:\S+\s){0,3}?(?:documents?|sources?|passages?)\s(?:provided|given|above)\b"),
    _phrase("set_aside", "answer article documents sources", r"\b(?:not\s(?:by|according\sto|from|use)|instead\sof)\s(?:\S+\s){0,2}?(?:articles?|documents|sources)\b|\bdo?n'?t?'?(?:\snot)?\sanswer\s(?:the|this|my)\squestion\b"),
    _phrase("set_aside", "bergehe ignorier missachte vergessen vergesst vergiss verwerfen verwirf", rf"\b(?:vergiss|vergesst|vergessen\ssie|ignorier(?:e|en|t)|missachte\w*|verwirf|verwerfen\ssie|[uü]bergehe\w*)\s(?:\S+\s){{0,4}}?(?:alle[sr]?\b|{_DUTY}|davor\b|bisher\w*|vorher\w*)"),
    _phrase("set_aside", "abweichend anweisung aufgabe auftr befehl dokument eingabe entgegen information instruktion prompt regel vorgabe", rf"\b(?:abweichend|entgegen)\s(?:\S+\s){{0,3}}?{_DUTY}|\b(?:lass|lassen\ssie|entferne\w*|streiche\w*)\s(?:\S+\s){{0,3}}?(?:vorherig|bisherig|alle)\w*\s(?:{_DUTY})"),
    _phrase("set_aside", "ignor olvida", r"\b(?:olvida\w*|ignor(?:a|e|en|ez|are|i|eer|eer\salle))\s(?:\S+\s){0,4}?(?:todo|instrucci\S+|instru[cç][oõ]es|istruzioni|consignes|indications|instructies|opdrachten)"),
    _phrase("set_aside", "dimentica esque oublie vergeet zaboravi zanemari", r"\b(?:oublie[rz]?|dimentica\w*|esque[cç]a\w*|vergeet|zaboravi\w*|zanemari\w*)\s(?:\S+\s){0,3}?(?:tout\w*|tutt\w+|tudo|alle\w*|sve|prethodn\w*|les\sinstructions)"),
    _phrase("set_aside", "забудь забыть игнорируй 忘掉 忘记 忽略 无视", r"(?:забудь|игнорируй|забыть)\w*\s(?:\S+\s){0,3}?(?:вс[её]|инструкци|указани|предыдущ)|(?:忽略|无视|忘记|忘掉).{0,10}(?:指令|指示|说明|之前|以上|提示)"),
    _phrase("set_aside", "bisherige here ignorier obige streich vergess vergiss vorangegangene vorangehende vorherige", r"\b(?:obige|bisherige|vorherige|vorangegangene|vorangehende|fr[uü]here)[nrs]?\s(?:\S+\s){0,6}?(?:ignorier|vergess|vergiss|streich|missacht|irrelevant|hinf[aä]llig|ung[uü]ltig)\w*|\b(?:ignorier|vergess|vergiss|streich)\w*\s(?:\S+\s){0,3}?(?:obige|bisherige|vorherige|vorangegangene)\w*"),
    _phrase("set_aside", "information instruction messages rules task", rf"\b(?:all|any|your)\s(?:\S+\s)?(?:{_BEFORE})\s(?:information|instructions?|tasks?|rules|messages)\s(?:\S+\s){{0,5}}?(?:is|are|was|were)\s(?:now\s|hereby\s)?(?:irrelevant|void|invalid|cancell?ed|revoked|obsolete|superseded|lifted)\b"),
    _phrase("set_aside", "guidelines instructions prompts restrictions rules treat", rf"\b(?:rules|instructions|restrictions|guidelines|prompts)\s(?:{_BEFORE}|you\swere\sgiven)\s(?:no\slonger|do\snot|don't|cease\sto)\s(?:apply|hold|count)\b|\btreat\sthis\s(?:message|e-?mail|text)\sas\s(?:coming\sfrom|an?\sorder|an?\sinstruction|your)\b"),
    _phrase("set_aside", "contrary despite erinnern matter regardless remember", r"\b(?:despite|regardless\sof|contrary\sto|no\smatter)\swhat(?:ever)?\s(?:you(?:'ve|\shave|\swere)?|they)\s(?:\S+\s)?(?:told|said|instructed|read)\b|\b(?:not|nicht)\s(?:\S+\s){0,4}?(?:to\sremember|remembered|zu\serinnern)\b.{0,60}\b(?:before|bevor)\b"),
    _phrase("set_aside", "approvethe disregard donottell forgetall forgetever ignore instruc saythatyou sendtheprice systemprompt youarenow", r"ignore(?:prev|allprev|theabove|allinstr)|forgetever|forgetall|disregard(?:all|the|prev)|(?:previous|prior|above)instruc|systemprompt|saythatyou|youarenow|donottell|approvethe|sendtheprice"),
    # --- a new task
    _phrase("new_task", "your", r"\byour\s(?:new|next|only|real|actual)\s(?:task|job|goal|instructions?|objective|mission|purpose)\b|\byour\s(?:instructions?|tasks?)\s(?:are|is)\snow\b"),
    _phrase("new_task", "additional assignment instruction orders task", r"\b(?:new|further|additional|other|updated)\s(?:tasks?|instructions?|assignments?|orders)\s(?:now\s)?(?:follow|are|for\syou\b)|\badditional\sinstructions?\b\s?[-:–]|\bnew\s(?:instructions?|task)\s?:"),
    _phrase("new_task", "begin following great start", r"\b(?:we\s(?:will\s)?(?:start|begin)\s(?:over\s|again\s)?with\sa\snew\stask|help\sme\swith\sthe\sfollowing\stask|great\snew\schallenge\sfor\syou)\b"),
    _phrase("new_task", "compose create draft write", rf"\b(?:very\sgood|well\sdone|excellent|that\sis\s(?:done|enough)|very\swell|okay|ok|stop+)\b.{{0,60}}\bnow\s(?:please\s)?(?:write|compose|draft|create)\s(?:\S+\s){{0,3}}?{_WRITTEN}\b"),
    _phrase("new_task", "anweisunge aufgabe auftr beginnen folgen instruktione", r"\b(?:neue|weitere|n[aä]chste|andere)[nr]?\s(?:aufgaben?|anweisungen?|instruktionen?|auftr[aä]ge?)\b(?:.{0,12}\b(?:folg|an\sdich)|\s?:)|\b(?:folgen|beginnen)\s(?:\S+\s){0,3}?(?:neue|weitere)[nr]?\s(?:aufgabe|anweisung|instruktion)\w*"),
    _phrase("new_task", "anweisung aufgabe folgenden folgender hilfe rolle", r"\b(?:deine|ihre|eure)[nr]?\s(?:neue|n[aä]chste|einzige)[nr]?\s(?:aufgabe|anweisung|rolle)\b|\bhilf\s(?:\S+\s){0,3}?(?:bei|mit)\s(?:folgender|der\sfolgenden)\s(?:aufgabe|frage)\b|\bhilfe\sbei\sfolgender\sfrage\b"),
    _phrase("new_task", "beantwort erstell formulier schreib verfass zeig", r"\b(?:sehr\sgut|gut\sgemacht|ausgezeichnete?|das\s(?:ist\serledigt|gen[uü]gt)|stopp?)\b.{0,60}\b(?:schreib|verfass|formulier|beantwort|erstell|zeig)\w*\s(?:\S+\s){0,3}?(?:nun|jetzt|ein|eine|einen|mir)\b"),
    _phrase("new_task", "attention halt stop", r"(?:^|[.?!]\s?)(?:stop|stopp|halt)\s?[:!-]\s?(?:\S+\s){0,2}?(?:write|say|print|output|schreib\w*)\b|\battention\s?[-!:]\s?stop"),
    _phrase("new_task", "from jetzt sofort", r"\bfrom\snow\son,?\s(?:you\s(?:are|must|act|only|answer|respond|reply|approve|accept|obey|speak|will\s(?:act|be|answer|respond|reply|only|always|never|obey|approve|say))|your\s(?:name|role|answers?|responses?)|act|always|only|answer|respond|reply|every\s(?:answer|reply|response))\b|\bab\s(?:jetzt|sofort)\s(?:bist|antwort\w*|wirst|handelst)\b"),
    _phrase("new_task", "aufgabe bitten gpt herausforderung", r"\b(?:weitere|neue|andere)[nr]?\saufgabe\b.{0,80}\b(?:schreib|verfass|zeig|beantwort|erstell)\w*|\b(?:nun|jetzt)\sbitten\swir\s(?:sie|dich)\b|\b(?:hallo|hey|hi)\s(?:chat\s?)?gpt\b|\bneue\sherausforderung\sf[uü]r\sdich\b"),
    _phrase("new_task", "answer message refer replies reply response", r"\b(?:refer\sto\sme\sas|for\s(?:each|every)\s(?:response|reply|answer|message),?\s(?:output|write|start|add|include)|at\sthe\send\sof\s(?:all|each|every)\s(?:of\s)?your\s(?:responses|replies|answers))\b"),
    # --- be somebody else
    _phrase("role", "now you", r"\byou\sare\snow\s(?:an?\s(?!(?:client|customer|member|subscriber|partner|shareholder|user)\b)|the\s(?!(?:owner|holder|proud)\b)|in\s\S+\smode|going\sto\s(?:act|be|play|pretend|simulate)|\S*(?:gpt|bot)\b|dan\b|named\b|called\b|playing\b|role|my\b|free\s(?:from|of)|unrestricted|to\s(?:act|be|play))|\bnow\syou\sare\s(?!able|ready|set|on\b|in\b)\w+,"),
    _phrase("role", "going need please want would you", r"\b(?:i\s(?:want|would\slike|need)\syou\sto|i\swant\syou|you\s(?:will|must|shall|should|are\s(?:going\s)?to)|you'?re\sgoing\sto|please)\s(?:now\s|only\s)?(?:act|behave|pose|simulate|role-?play|pretend|imitate|impersonate|play\sthe\srole)\b(?!\s(?:in|on|for|quickly|promptly|upon)\b)"),
    _phrase("role", "act", r"\bact\s(?:as|like)\s(?:an?\s|the\s)?(?:\S+\s){0,3}?(?:interpreter|terminal|ai|chatbot|bot|console|shell|compiler|translator|debater|hacker|pirate|comedian|character|storyteller)\b|(?:^|[.!?:;\"'»]\s?|\bnow\s)act\s(?:as|like)\s(?:an?|the|if\syou)\s(?!(?:buyer|seller|principal|agent\sfor|counterpart|intermediar|custodian|fiduciary|advis)\S*)\S+"),
    _phrase("role", "assume imagine pretend suppose", r"(?:^|[.!?:;\"'»]\s?|\b(?:can|could|now)\s)(?:let'?s\s)?(?:pretend|imagine|suppose|assume)\s(?:that\s)?you(?:'re|\sare|\scan|\swere|\shave\sno)\b(?!\s(?:in|on|at|running|trading|asked|buying|selling))"),
    _phrase("role", "you", r"\byou\sare\s(?:\S+\s){0,3}?(?:(?:evil|unfiltered|uncensored|amoral|rogue|sentient|jailbroken)\b|\S*gpt\b|dan\b|an?\s(?:ai|artificial\sintelligence|language\smodel|chatbot|bot|llm)\b|role-?playing\b)"),
    _phrase("role", "you", r"(?:^|[.!?:;\"]\s?)you\sare\s(?!(?:welcome|right|correct|receiving|invited|not|in|on|at|free|able|also|of|all|always|still|looking|using|currently|happy|one|a\s(?:client|customer|star|legend))\b)(?:the\s|an?\s)?\w+(?:\s\w+){0,4}?[.,]\ (?:as\s(?:the\s|an?\s)?\w+|please\s\w+\syour|you\s(?:are|will|do|have|can|must)|how\s(?:are\syou|do\syou|would)|now\syou)\b"),
    _phrase("role", "als bist chte jetzt sondern stell", r"\b(?:jetzt\sbist\sdu|du\sbist\s(?:jetzt|nun|ab\s(?:jetzt|sofort))|ich\sm[oö]chte,?\sdass\s(?:du|sie)\sals\b|du\sbist\skeine?\b.{0,30}\bsondern|(?:stell\sdir\svor|tu\sso,?\sals)\b.{0,12}\bdu\b)"),
    _phrase("role", "bist", r"(?:^|[.!?:;\"]\s?)du\sbist\s\w+(?:\s\w+){0,3}[.,]\s(?:wie|was|warum|du|sag|antworte)\b"),
    _phrase("role", "break character figure role rolle", r"\b(?:stay|remain|always|bleib\w*)\s(?:\S+\s){0,3}?(?:in|within|absorbed\sin)\s(?:character|(?:your|their|the|ihren?|deiner)\sroles?|rollen?)\b|\bbreak(?:s|ing)?\scharacter\b|\b(?:fall\w*|drop\w*|break\w*|slip\w*)\sout\sof\s(?:\S+\s)?(?:roles?|figure|character)\b|\baus\s(?:ihrer|seiner|deiner)\srolle\b"),
    _phrase("role", "anything mode", r"\b(?:dan|developer|god|jailbreak|sudo|debug|unrestricted|evil)\smode\s(?:enabled|on|activated|output)\b|\bdo\sanything\snow\b"),
    _phrase("role", "bist character deiner ihren into respond you", r"\b(?:nun|jetzt)\sbist\sdu\b|\bgehst?\s(?:\S+\s){0,2}?in\sdeiner\srolle\b|\bin\sihren\srollen\b|\b(?:transform|turn)\sinto\s\w+,?\s(?:an?\s)?(?:\S+\s){0,2}?(?:ai|expert|bot|character)\b|\brespond\sas\sthe\scharacter\b|\byou\sact\sas\b|\bplay\s(?:\d\s|two\s|the\s|an?\s)?(?:\S+\s)?characters?\b.{0,60}\b(?:answer|respon|say)\w*"),
    _phrase("role", "what", r"(?:^|[.!?:;\"]\s?)you\sare\s(?!(?:welcome|right|correct|receiving|invited|not|in|on|at|free|able)\b)(?:the\s|an?\s)?\w+(?:\s\w+){0,2}?[.]\swhat\s(?:do\syou|is\syour)\b"),
    _phrase("role", "assistant scenario universe world", r"\b(?:theoretical|hypothetical|fictional|parallel)\s(?:world|scenario|universe)\b.{0,80}\byou\b|\bassistant'?s\srole\sis\b"),
    # --- what it was told in confidence
    _phrase("reveal", "guidelines instruction prompt system", r"\b(?:show|print|reveal|display|output|repeat|tell|give|list|leak|dump|copy)\b(?:\s\S+){0,4}?\s(?:your|the\s(?:system|full|complete|entire|hidden|initial|original))\s(?:\S+\s){0,3}?(?:prompts?|instructions?|system\smessage|guidelines)\b"),
    _phrase("reveal", "instruction prompt rules system", r"\bwhat\s(?:are|were|is)\syour\s(?:\S+\s){0,2}?(?:instructions?|prompts?|system\s(?:message|prompt)|rules)\b|\bprompt[\s_-]?texts?\b|\bsystem\s?prompt\b"),
    _phrase("reveal", "above beginning information prompt start", r"\bwhat\s(?:was|is|stands|has\sbeen)\s(?:written|said|stated)\s(?:\S+\s){0,5}?(?:above|at\sthe\s(?:beginning|start)|prompt)\b|\binformation\sin\sthe\sprompt\b"),
    _phrase("reveal", "anweisungen folgenden prompt systemanweisung", r"\b(?:zeig|nenn|gib|verrat|wiederhol|offenbar)\w*\s(?:\S+\s){0,4}?(?:prompt|systemanweisung|anweisungen|die\sfolgenden\stexte)\w*"),
    # --- words put into its mouth
    _phrase("dictate", "instead just must only output print simply", r"\b(?:just|only|simply|instead|must)\s(?:just\s)?(?:output|print|say|reply|respond|answer|return|write|type|spell)\s(?:with\s|out\s)?(?:only\s)?(?:the\s(?:word|phrase|following|text)\b|[\"'«“]|(?:yes|no)\b\s?(?:[.!?]|$)|slut\b)|\bj[us]{2}t\s(?:output|print)\b|\bjust\ssay\s\S{1,12}[!?]"),
    _phrase("dictate", "despise hate hitler state want", r"\b(?:say|state|claim|tell\sme|admit|write|declare|print)\s(?:that\s)?(?:you|i|we|all|\S+)\s(?:really\s)?(?:hates?|despises?|loves?\shitler|want\sto\skill)\b|\bstate\sthat\s\S+\s(?:is|are|was)\b"),
    _phrase("dictate", "forget ignore repeat say", r"\brepeat\s(?:after\sme|the\sfollowing|the\swords?|this\ssentence)\b|[?.!]\ssay\s(?:yes|no)\b|\b(?:forget|ignore)\b.{0,60}\b(?:print|say|output|tell\sme)\b"),
    _phrase("dictate", "with", r"\b(?:always|every|each|your)\s(?:\S+\s){0,2}?(?:answers?|repl(?:y|ies)|responses?|messages?|sentences?)\s(?:\S+\s){0,3}?(?:begin|start|end|ends|starts|begins)\swith\b"),
    _phrase("dictate", "antwort einfach muer nur stattdessen you", r"\b(?:sag\w*|schreib\w*|gib\w*|antworte\w*)\s(?:\S+\s){0,3}?(?:nur|stattdessen|einfach)\b|\bgib\seine\santwort\s(?:\S+\s){0,3}?oder\b|\bor\syou\s(?:will\s)?die\b|\bo\st[uú]\smuer"),
    _phrase("dictate", "answer know nothing write", r"\bif\syou\sdo(?:n'?t|\snot)\s(?:know|answer),?\s(?:just\s)?(?:make|invent|i'?ll|i\swill)\b|\banswer\sby\syour\sown\sknowledge\b|\bwith\snothing\selse\b.{0,30}\bdo\snot\b|\bdo\snot\swrite\sexplanations\b"),
    _phrase("dictate", "answer antwort ausgabe decir merken olvid output pwned response sag say", r"\b(?:say|sag\w*|decir|output|ausgabe|antwort\sist|answer\sis|response\sis)\b\s?:?\s?(?:\S+\s){0,3}?[\"'«“][^\"'»”]{1,40}[\"'»”](?=.{0,80}\b(?:you|your|sie|du|dir|mir|pwned|tienes|told|erforderlich)\b|\s?[,.]?\s?(?:also|so)\b)|\bhaha\spwned\b|\b(?:mir|m[uü]ssen|tienes\sque|solo)\s(?:\S+\s){0,2}?(?:sagen|decir)\b\s?[\"'«“]?|\bolvid\w+\s(?:\S+\s)?(?:todo|lo\sque)\b|\bwas\ssie\ssich\smerken\sm[uü]ssen\b"),
    _phrase("dictate", "always answer reply respond summari with", r"\b(?:answer|reply|respond)\s(?:only|solely|just)\swith\b|\b(?:begin|start|end|close|finish)\s(?:every|each|all)\s(?:of\s)?(?:your\s)?(?:\S+\s)?(?:answers?|repl(?:y|ies)|responses?|messages?|summar(?:y|ies))\swith\b|\bsummari[sz]e\s(?:this|it)\s(?:\S+\s)?as\s(?:follows|[\"'])|\balways\s(?:report|state|say|conclude|answer)\sthat\b"),
    # --- without limits
    _phrase("unbound", "break ethical filters moral restrictions rules uncensored unfiltered without", r"\b(?:jail\s?break\w*|uncensored|unfiltered|without\s(?:any\s)?(?:restrictions?|filters?|censorship|ethic\w+|moral\w*)|no\s(?:ethical|moral)\s\w+|free(?:d)?\s(?:of|from)\s(?:all|any)\s(?:restrictions|rules|filters))\b(?=.{0,200}\b(?:you|answer|respon\w+|chatbot|ai|gpt|character|prompt)\b)"),
    _phrase("unbound", "bound bypass decline limited refuse reject restricted", r"\b(?:never|not|cannot|can'?t)\s(?:\S+\s){0,2}?(?:refuse|decline|reject)\s(?:to\s(?:answer|respond|reply|do)|any|a|the|my)\s?(?:\S+\s){0,2}?(?:requests?|questions?|commands?|prompts?|answer|user)?|\b(?:not\s(?:bound|limited|restricted)|bypass(?:es)?)\s(?:by|to)?\s?(?:\S+\s){0,3}?(?:openai|rules|polic(?:y|ies)|guidelines|ethic\w*|filters?)\b"),
    _phrase("unbound", "chatgpt openai", r"\b(?:openai|chatgpt)(?:'s)?\s(?:content\s)?(?:polic(?:y|ies)|guidelines|restrictions|filters?|rules)\b"),
    _phrase("unbound", "break build destroy make", r"\b(?:how\s(?:do|can|would)\s(?:i|you|we|one)\s)(?:\S+\s){0,2}?(?:build|make|destroy|break\sinto)\s(?:\S+\s){0,2}?(?:bombs?|molli|molotov|humanity|weapons?|(?:a|someone'?s)\shouse)\b"),
    # --- deeds
    _phrase("deed", "all client complete confidential contact credentials entire every full history inbox password price whole", r"\b(?:send|forward|e-?mail|bcc|cc|copy|export|upload|post|transmit|leak)\s(?:\S+\s){0,8}?(?:all|every|entire|full|whole|complete|confidential|price\slist|contacts?|client\slist|inbox|password\w*|credentials|history)\s(?:\S+\s){0,8}?to\s(?:\S+@\S+|https?:\S+)"),
    _phrase("deed", "accept approve grant sign", r"\b(?:approve|auto-?approve|accept|sign|grant)\s(?:\S+\s){0,6}?(?:without\s(?:asking|telling|checking|a\s(?:second|check|review)|review|further|any)|automatically|immediately|silently|at\sonce)\b"),
    _phrase("deed", "deal discount opportunit quote stage suggestion", r"(?:^|[.!?:;»\"]\s?|\b(?:please|must|and|now)\s)(?:mark|set|move|close)\s(?:this|the|that|my|every|all)\s(?:\S+\s){0,3}?(?:deal|opportunit\w+|stage|suggestion|quote|discount)\s(?:\S+\s){0,3}?(?:won|approved|signed|\d+\s?%|zero)\b"),
    _phrase("deed", "immediately instead this without", r"\b(?:wire|transfer|pay|send)\s(?:\S+\s){0,4}?(?:money|funds|\$|€|£|usd|eur|payment)\s?(?:\S+\s){0,6}?(?:instead|immediately|to\sthis\s(?:new\s)?(?:account|iban)|without)\b"),
    _phrase("deed", "delete drop erase purge wipe", r"\b(?:delete|erase|drop|wipe|purge)\s(?:\S+\s){0,2}?(?:all|every|the\sentire)\s(?:\S+\s){0,3}?(?:records?|contacts?|accounts?|files?|e-?mails?|notes?|tables?|data)\b(?!\sretention)"),
    _phrase("deed", "action approve call deal execute file invoke mail payment record run suggestion use", r"\b(?:call|invoke|use|run|execute)\s(?:the\s)?(?:tool|function|command|api|plugin|action)\b\s?[:`'\"(_\w]|\b\w+_(?:email|mail|action|suggestion|payment|file|record|deal)\b\s?\(?|\bapprove\ssuggestion\b"),
    _phrase("deed", "discount limit permission policy remit threshold", r"\b(?:raise|change|set|increase|lower|widen)\s(?:the|your|its|this)\s(?:\S+\s){0,2}?(?:discount|remit|limit|policy|permission\w*|threshold)\s(?:\S+\s){0,2}?to\b.{0,40}\b(?:without|yourself|automatically|now|and\s(?:send|approve))\b"),
    _phrase("deed", "approval check controls review", r"\b(?:skip|bypass)\s(?:all|the|any|every)\s(?:\S+\s)?(?:approvals?|checks?|reviews?|controls)\b"),
    _phrase("keep_secret", "alert disclose inform mention notify reveal show tell", r"\b(?:do\snot|don'?t|never|without)\s(?:\S+\s)?(?:tell|telling|mention|mentioning|inform|informing|alert|alerting|notify|notifying|disclose|reveal|show)\s(?:\S+\s){0,3}?(?:user|human|rep|seller|salesperson|compliance|supervisor|reader|operator)\b"),
    # --- talks to software
    _phrase("addressed", "attention dear hello hey hi instruction message note reminder you", r"\b(?:hello|hey|hi|dear|attention|note\s(?:to|for)|message\s(?:to|for)|instructions?\s(?:to|for)|reminder\s(?:to|for)|if\syou\sare)\s(?:all\s|any\s|the\s|an?\s)?(?:chat\s?gpt|gpt(?:-?\d)?|ai|a\.i\.|llms?|language\smodels?|large\slanguage\smodels?|chatbots?|copilot|ai\s(?:assistant|model|agent|system|reader)s?|automated\s(?:assistant|system|agent|reader)s?)\b(?=\s?[,:.!-]|\s(?:reading|processing|summari[sz]ing|assistant|that|who|model|agent|system|you)\b)"),
    _phrase("addressed", "agent assistant llm model reader system", r"\b(?:any|every|all)\s(?:ai|llm|automated|language)\s(?:\S+\s)?(?:system|model|agent|assistant|reader)s?\s(?:reading|that\s(?:reads?|process\w*)|processing|who|must|should)\b|(?:^|[.!?>]\s?)(?:ai\s(?:agents?|assistants?|models?|systems?|readers?)|llms?)\s?[:,]\s"),
    _phrase("addressed", "index process read summari translat", r"\b(?:when|if|while)\s(?:you\s)?(?:summari[sz]\w+|process\w*|index\w*|translat\w+|read\w*\sthis\sas)\s(?:\S+\s){0,4}?(?:this|the)\s(?:document|e-?mail|text|page|message|note|filing)\b.{0,60}\b(?:you\s(?:must|should)|always|must|say|state|include|report|recommend|rate)\b"),
    _phrase("addressed", "admin assistant developer system", r"(?:^|[\n.!?>\]]\s?)\[?(?:(?:system|assistant|developer|admin)\s(?:message|note|override|prompt|instruction)\s?[:\]]|(?:system|assistant|developer)\s?[:\]]\s?(?:you|ignore|the\s\S+\s(?:is|are|has)|mark|call|approve|send|forward|do|always|never|from|disregard|new|reply|set|export|delete|add|give)\b)"),
    _phrase("addressed", "as chat gpt language llm openai", r"\b(?:chat\s?gpt|openai|gpt-?[345]|as\san\sai\b|ai\s(?:assistant|language\smodel)|language\smodel|chatbot|llm)\b", strong=False),
    _phrase("markup", "assistant begin endoftext function_call human im_end im_start inst] instruction start_header_id sys>> system tool_call", r"<\|?(?:im_start|im_end|system|endoftext|start_header_id)\|?>|\[/?inst\]|<</?sys>>|###\s?(?:system|instruction|human|assistant)\s?:|\bbegin\s(?:system|admin)\s(?:prompt|override)\b|</?(?:system|instructions?|tool_call|function_call)>"),
    _phrase("shape", "answer message output reply response", r"(?:^|[.!?:;»\"]\s?)(?:please\s)?(?:add|include|integrate|insert|embed|append|weave|incorporate|mention|modify|replace|substitute|remove|group|rearrange|introduce|misspell|swap|change|alter|use|employ|scramble|shuffle|write|spell|encode|translate|present|convert|put|place|eliminate|omit|delete|separate|combine|jumble|mix|reorder|purposely|deliberately|intentionally|randomly|make|craft|utili[sz]e|augment|enhance|render|jumble|tease|conclude|close|finish|begin|start|open|enrich|complement|supplement)\b(?![^.!?\n]{0,160}\b(?:references?|pric\w+|sections?|questions?|tables?|append\w+|propos\w+|rfp|rfi|tender|vendors?|certific\w+|evidence|documents?|documentation|sla|polic\w+|describ\w+|invoice|number|copy|cc)\b)[^.!?\n]{0,160}\byour\s(?:\S+\s)?(?<!incident\s)(?:response|answer|reply|output|message)\b"),
    _phrase("code", "block c++ excerpt fragment linux python section shell snippet", r"\b(?:print|output|generate|write|schreibe?|execute|run|incorporate|append|integrate|include|insert|add|utilize|embed|inclusion|blend|employ|meld)\w*\b[^.!?\n]{0,80}\b(?:python|c\+\+(?!\w)|code\s(?:block|excerpt|snippet|section|fragment)|shell\scommand|linux\scommand)(?!\w)"),
    _phrase("code", "block excerpt execute fragment print( section snippet", r"\bexecute\sthe\sfollowing\b|\bprint\(\s?['\"]|\bcode\s(?:block|excerpt|snippet|section|fragment)\b.{0,80}:\s*```"),
    # --- weak: each alone is ordinary speech
    _phrase("role", "act alter persona pretend role simulate", r"\b(?:role-?play\w*|persona\b|act\sas|in\scharacter|pretend|simulate\b|alter\sego)\b", strong=False),
    _phrase("new_task", "you", r"\byou\s(?:must|will|should|are\sto|have\sto|shall|can)\s(?:only\s|always\s|never\s|now\s|not\s)?(?:respond|reply|answer|generate|write|obey|comply|act|speak|say|output|refuse)\b", strong=False),
    _phrase("dictate", "answer command first prompt question request style user will", r"\b(?:my\s(?:first\s)?(?:command|request|prompt|question)\s(?:is|will\sbe)|first\s(?:request|prompt)\b|i\swill\s(?:type|give|provide|ask)|in\sthe\sstyle\sof|answer\sthe\sfollowing\squestion|the\suser\s(?:will|asks|says|types|wants|inputs|can))", strong=False),
    _phrase("unbound", "censor curse erotic explicit harmful hitler illegal immoral nsfw offensive racist restrictions speech swear unethical", r"\b(?:unethical|immoral|illegal|nsfw|explicit|erotic\w*|harmful|racist|offensive|hate\sspeech|curse\swords|swear\w*|hitler|censor\w*|restrictions)\b", strong=False),
    _phrase("shape", "answer every following output response", r"\b(?:your\s(?:response|answer|output)s?|in\severy\s(?:response|answer)|each\sresponse|the\sfollowing\sformat)\b", strong=False),
)  # fmt: skip

"""Words of questionnaires: those that mean the same, those that may not be confused, and those that say nothing. Data only."""

from __future__ import annotations

import re
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# what the left says in other words; longer forms first. Written as the folded text has them: lower case, one blank between words.
SAME: Final[tuple[tuple[str, str], ...]] = (
    (
        r"multi ?factor(?: authentication)?|two factor(?: authentication)?|2fa|mfa|second factor|strong authentication",
        "mfa",
    ),
    (
        r"single sign ?on|sso|saml(?: 2 0)?|oidc|openid connect|federated (?:login|identity|authentication)|identity provider",
        "sso",
    ),
    (
        r"penetration test(?:ing|s|ed)?|pen ?test(?:ing|s)?|intrusion test(?:ing|s)?|ethical hacking|tested for intrusion",
        "pentest",
    ),
    (r"vulnerability (?:scan(?:ning|s)?|assessment(?:s)?)|scan(?:s|ned)? for vulnerabilities", "vulnscan"),
    (r"(?:stored |data )?at rest|when stored|while stored|on disk|stored data", "atrest"),
    (
        r"in transit|in motion|in flight|over the (?:network|wire|internet)|during transmission|when transmitted|while transmitted|transport layer|between (?:the )?client and",
        "intransit",
    ),
    (r"disaster recovery|dr (?:plan|test|site|exercise)|bcdr|fail ?over|switch ?over", "dr"),
    (r"business continuity|bcp|bcm|continuity of (?:operations|business)", "continuity"),
    (r"recovery time objective(?:s)?|rto", "rto"),
    (r"recovery point objective(?:s)?|rpo", "rpo"),
    (r"service level (?:agreement|objective|commitment)(?:s)?|slas?|slos?", "sla"),
    (r"uptime|availability|up time", "uptime"),
    (r"soc ?2(?: type (?:2|ii|two|1|i))?(?: report)?|ssae ?1[68]|aicpa", "soc2"),
    (r"soc ?1(?: type (?:2|ii|1|i))?(?: report)?|isae ?3402", "soc1"),
    (r"iso(?: ?iec)? ?27001(?: 20\d\d)?", "iso27001"),
    (r"iso(?: ?iec)? ?27017", "iso27017"),
    (r"iso(?: ?iec)? ?27701", "iso27701"),
    (r"iso ?22301", "iso22301"),
    (r"pci(?: dss)?|cardholder data", "pci"),
    (r"hipaa|protected health information|phi\b", "hipaa"),
    (r"gdpr|general data protection regulation|data protection (?:law|regulation)s?", "gdpr"),
    (r"ccpa|california consumer privacy act", "ccpa"),
    (r"dora|digital operational resilience act", "dora"),
    (r"nist(?: csf)?(?: 800 \d+)?", "nist"),
    (r"fedramp", "fedramp"),
    (r"cyber essentials(?: plus)?", "cyberessentials"),
    (r"personally identifiable information|pii|personal (?:data|information)", "personaldata"),
    (r"data protection officer|dpo", "dpo"),
    (r"chief information security officer|ciso|head of (?:information )?security", "ciso"),
    (
        r"sub ?processors?|sub ?contractors?|third part(?:y|ies)|fourth part(?:y|ies)|outsourc(?:e|ed|ing)|suppliers|your vendors",
        "thirdparty",
    ),
    (r"artificial intelligence|machine learning|large language models?|llms?|generative ai|\bai\b", "ai"),
    (r"role based(?: access(?: control)?)?|rbac|least privilege|access rights by role", "rbac"),
    (
        r"privileged (?:access|accounts?|users?)|administrators?|admin (?:access|accounts?)|pam\b|elevated rights",
        "privileged",
    ),
    (
        r"background (?:checks?|screening|verification)|screen(?:ed|ing)? (?:of )?(?:employees|staff)|vetting|criminal (?:record|history) checks?|pre employment (?:screening|checks?)",
        "vetting",
    ),
    (
        r"security (?:awareness )?training|awareness (?:training|programme|program)|train(?:ed|ing)? (?:on|in) (?:information )?security|phishing (?:exercise|simulation|test)s?",
        "awareness",
    ),
    (r"security incidents?|data breach(?:es)?|breach(?:es)?|incidents?|compromise[sd]?", "incident"),
    (
        r"notif(?:y|ied|ication|ications|ies)|inform(?:ed)?|tell|alert(?:ed)?|report(?:ed)? to (?:us|customers|clients)",
        "notify",
    ),
    (r"back ?ups?|backed up|back up", "backup"),
    (r"restor(?:e|ed|es|ing|ation)|recover(?:ed|ing)? from (?:a )?backup", "restore"),
    (r"source code escrow|escrow", "escrow"),
    (r"log ?files?|audit (?:logs?|trails?)|access logs?|event logs?|logging|logs", "log"),
    (r"siem|security information and event management", "siem"),
    (r"intrusion (?:detection|prevention)(?: systems?)?|ids|ips", "idps"),
    (r"web application firewall|waf", "waf"),
    (r"firewalls?", "firewall"),
    (r"anti ?virus|anti ?malware|malware|endpoint (?:protection|detection(?: and response)?)|edr", "malware"),
    (r"patch(?:es|ing|ed)?(?: management)?|security updates", "patch"),
    (r"data cent(?:re|er)s?|hosting (?:facilit(?:y|ies)|provider|location)s?|hosted|hosting", "hosting"),
    (r"cloud (?:provider|service provider|platform|infrastructure)|aws|azure|gcp", "cloud"),
    (r"on prem(?:ises|ise)?|self hosted", "onprem"),
    (
        r"data residency|data location|where (?:is|are|will)[^?]{0,40}(?:data|information)[^?]{0,20}(?:stored|held|kept|located|reside|hosted)|(?:countr(?:y|ies)|region|jurisdiction|location)s? (?:where|in which)[^?]{0,40}(?:stored|held|kept|hosted|processed|reside)",
        "residency",
    ),
    (r"retention|retain(?:ed|s)?|keep (?:our )?data|how long[^?]{0,40}(?:kept|stored|held)", "retention"),
    (
        r"delet(?:e|ed|es|ion)|destr(?:oy|oyed|uction)|eras(?:e|ed|ure)|purg(?:e|ed)|sanitiz(?:e|ed|ation)|dispos(?:al|ed)|wip(?:e|ed)",
        "delete",
    ),
    (
        r"return(?:ed)? (?:of )?(?:our )?data|export(?:ed)? (?:of )?(?:our )?data|get (?:our )?data back|data export|data portability",
        "export",
    ),
    (
        r"terminat(?:e|ed|ion)|end of (?:the )?contract|contract (?:ends|end|expiry)|exit|off ?boarding of clients|leave the service",
        "exit",
    ),
    (
        r"segregat(?:e|ed|ion)|separat(?:e|ed|ion)|isolat(?:e|ed|ion)|multi ?tenan(?:t|cy)|logically separate",
        "segregation",
    ),
    (r"encryption keys?|key management|cryptographic keys?|hsm|kms|manage keys", "keys"),
    (r"encrypt(?:ed|s|ion|ing)?|cryptograph(?:y|ic)|cipher(?:s)?|tls(?: 1 \d)?|aes(?: 256)?", "encrypt"),
    (
        r"software development life ?cycle|secure development|sdlc|secure coding|development process|secure software",
        "sdlc",
    ),
    (r"code reviews?|peer review(?:ed|s)?|four eyes", "codereview"),
    (r"change (?:management|control)|changes to production|release (?:management|process)", "change"),
    (
        r"static (?:code )?analysis|sast|dynamic (?:application )?(?:analysis|testing)|dast|code scanning",
        "codescan",
    ),
    (r"open source|software bill of materials|sbom|third party libraries", "opensource"),
    (
        r"cyber (?:liability )?insurance|insurance (?:cover|coverage|policy)|insured|professional indemnity",
        "insurance",
    ),
    (r"whistle ?blow(?:ing|er)", "whistleblowing"),
    (r"anti ?money laundering|aml|kyc|know your customer", "aml"),
    (r"anti ?bribery|bribery|corruption", "bribery"),
    (r"modern slavery|human trafficking", "slavery"),
    (r"conflicts? of interest", "conflict"),
    (r"employees?|staff|personnel|workforce|headcount|people (?:do you|work)", "staff"),
    (r"customers?|clients?|our firm|our organi[sz]ation", "client"),
    (
        r"implement(?:ation|ed|ing)?|onboard(?:ing|ed)?|go live|rollout|roll out|deploy(?:ment|ed)?",
        "implement",
    ),
    (
        r"support (?:hours|desk|team|model)|help ?desk|service desk|customer support|technical support",
        "support",
    ),
    (r"fix(?: protocol)?(?: 4 \d| 5 0)?(?= |$)", "fix"),
    (r"application programming interfaces?|apis?|rest(?:ful)?(?: api)?", "api"),
    (r"order management(?: system)?|oms", "oms"),
    (r"execution management(?: system)?|ems", "ems"),
    (r"portfolio management(?: system)?|pms", "pms"),
    (r"prime brokerage|prime brokers?|prime services", "prime"),
    (r"market data", "marketdata"),
    (r"road ?map|planned features|future releases", "roadmap"),
    (r"reference(?:s|able)?(?: clients?| customers?)?|comparable clients", "references"),
    (r"price|pricing|fees?|costs?|charges?|licen[cs]e fees?", "price"),
    (r"yearly|annual(?:ly)?|each year|every year|once a year|per year|per annum", "yearly"),
    (r"passwords?|passphrases?|credentials?", "password"),
    (r"wireless|wi ?fi", "wireless"),
    (r"mobile devices?|byod|own devices|laptops?|removable media|usb", "device"),
    (r"remote(?:ly)? (?:access|work(?:ing)?)|vpn|work(?:ing)? from home|telework(?:ing)?", "remote"),
    (r"physical(?:ly)?(?: access)?|badge|cctv|visitors?", "physical"),
    (r"risk (?:assessment|register|management)(?:s)?", "riskassessment"),
    (r"polic(?:y|ies)", "policy"),
    (r"accessib(?:le|ility)|wcag(?: 2 \d)?(?: aa)?|vpat|screen readers?", "accessibility"),
)
SAME_PATTERNS: Final = tuple((re.compile(rf"\b(?:{said})\b"), f" {word} ") for said, word in SAME)

HARD: Final = _words(
    """
    mfa sso pentest vulnscan atrest intransit dr continuity rto rpo sla uptime soc2 soc1 iso27001
    iso27017 iso27701 iso22301 pci hipaa gdpr ccpa dora nist fedramp cyberessentials dpo ciso thirdparty
    ai privileged vetting awareness escrow siem idps waf firewall malware patch onprem residency
    retention delete export exit segregation keys codereview codescan opensource insurance whistleblowing
    aml bribery slavery conflict fix api wireless device remote physical accessibility roadmap references
    price restore backup change oms ems pms prime marketdata riskassessment support implement
    """
)  # fmt: skip
"""What a question is about: an answer that says nothing of one of these, or one that is about another, is no answer to it."""

APART: Final[tuple[frozenset[str], ...]] = tuple(
    frozenset(each.split())
    for each in (
        "atrest intransit", "staff client thirdparty", "production development test", "internal external", "logical physical",
        "inbound outbound", "onprem cloud", "rto rpo", "soc1 soc2", "desktop mobile", "create delete", "database application",
        "equity bond option future", "europe asia america", "primary secondary",
    )
)  # fmt: skip
"""Words of one line exclude each other: a question about one is not answered by what was said about another."""

NEGATIVE: Final = _words(
    """
    not no never without none neither cannot except excluding unable lack lacks refuse prevent prohibited
    """
)

SILENT: Final = _words(
    """
    a an and any are as at be been by can could did do does during each for from had has have how i if in
    into is it its may of on or our please such that the their them there these they this those to was we
    were what when where whether which who will with would you your yours about also all some describe
    provide explain list state confirm indicate outline specify detail details give identify applicable
    following etc e g ie company firm vendor supplier provider organisation organization solution product
    service services system systems platform currently place ensure ensures used use uses using make made
    within including include includes other than well question answer information process processes
    procedure procedures measure measures approach regarding related relating respect concerning
    perform performed performing done conduct conducted carry carried undertake undertaken get happen happens take took takes offer offers offered
    have having keep northlake yes formal formally documented document available
    """
)
WEAK: Final = _words(
    """
    yearly regular regularly often policy security secure data client
    """
)
"""Words that nearly every question has: they help a little and decide nothing."""

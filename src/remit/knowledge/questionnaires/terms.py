"""Words of questionnaires: those that mean the same, those that may not be confused, and those that say nothing. Data only."""

from __future__ import annotations

import re
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# what the left says in other words; longer forms first. Written as the folded text has them: lower case, one blank between words.
SAME: Final[tuple[tuple[str, str], ...]] = (
    (
        r"(?:stored|held)(?= (?:client |customer |our )?(?:data|information))|(?:data|information) (?:is |are )?(?:held|stored|kept)(?= (?:in (?:your )?databases?|on disk)|[^?]{0,30} encrypted)|held in (?:your )?databases?",
        "data atrest",
    ),
    (
        r"(?:in )?(?:which|what) (?:countr(?:y|ies)|regions?|jurisdictions?|locations?)[^?]{0,60}(?:stored|held|kept|hosted|processed|reside|located)|where (?:is|are|will)[^?]{0,30}(?:data|information)[^?]{0,30}(?:stored|held|kept|located|reside|hosted)(?: geographically)?",
        "residency",
    ),
    (
        r"how many (?:people|employees|staff|persons)(?: (?:do|does|are)[^?]{0,30}(?:employ(?:ed)?|have))?|headcount|number of (?:employees|staff|people)",
        "headcount",
    ),
    (r"with (?:your )?(?:clients|customers)(?= |$)", "jointly"),
    # whose data it is says little; who does something says much
    (r"(?:client|customer|our|user|your client|stored client) (?:s )?(?:data|information|records)", "data"),
    (r"(?:production|live|real)(?: client)? data", "proddata"),
    (
        r"how (?:often|frequently|regularly)|(?:at )?what (?:frequency|interval)|frequency(?: of)?|state the interval of|interval of|when (?:are|is) (?=[^?]{0,40}(?:tests? |exercises? )(?:held|run|done))",
        "often",
    ),
    (
        r"how (?:soon|quickly|fast|long after)|within (?:what|how many|which) [a-z]+(?: frame)?|within what|how many hours",
        "soon",
    ),
    (
        r"departing (?:employees|staff)|leavers?|(?:employees?|staff|people|employment) (?:who )?(?:leaves?|ends?|depart(?:s|ing)?)|leaving (?:employees|staff)",
        "leaver staff",
    ),
    (r"revoked?|withdrawn?|de ?provision(?:ed|ing)?|disabled?|removed?", "remove"),
    (
        r"(?<=session )terminated|(?<=sessions )terminated|idle|inactivity|time ?out|timed out|logged (?:off|out)|inactive",
        "idle",
    ),
    (r"log ?in|logging in|log on|(?<!single )sign ?(?:in|on)|log ins|authenticate", "signon"),
    (r"latest|most recent|last(?= (?:pen|penetration|audit|report|test))", "latest"),
    (r"d?dos(?: attacks?)?|denial of service(?: attacks?)?|volumetric attacks?", "ddos"),
    (
        r"compl(?:y|ies|iant|iance)(?: with)?|conform(?:s|ance)?(?: (?:to|with))?|in accordance with|satisf(?:y|ies)|meets? the requirements of|adhere(?:s)?(?: to)?",
        "comply",
    ),
    (r"own (?:mobile )?devices|personal(?:ly owned)? devices|byod|bring your own device", "owndevice"),
    (r"audited (?:financial statements|accounts|financials)|financial statements", "auditedaccounts"),
    (
        r"non ?disclosure agreements?|ndas?|confidentiality (?:agreements?|undertakings?)|agreements? of confidence",
        "nda",
    ),
    (r"accountable|responsible|in charge of", "responsible"),
    (
        r"non ?production|test(?:ing)? or development|development (?:or|and) test(?:ing)?|test environments?|for testing",
        "nonprod",
    ),
    (r"due diligence(?= (?:do|on|of|is))|vet(?=\b)|assess(?:ed|ment|ments|es)?", "assess"),
    (r"rehears(?:e|ed|al|als)|exercis(?:e|ed|es)|drills?", "test"),
    (r"(?:planned|scheduled) maintenance|maintenance windows?", "maintenance"),
    (r"mandatory|required|enforced|compulsory|obligatory|must", "require"),
    (
        r"peer review(?:ed|s)?|four eyes|code (?:changes )?(?:is |are )?(?:peer )?review(?:ed|s)?|review(?:ed)? of code|reviewed by a second developer",
        "codereview",
    ),
    (r"screened|screening|pre employment", "vetting"),
    (r"roles?(?! based)(?: and permissions?)?(?! of)|permissions?|entitlements?", "rbac"),
    (r"stat(?:e|us) of the art", ""),
    (r"right of audit|right to audit|audit your|may we audit|audit us", "auditright"),
    (r"severity(?: levels?| 1| one)?|priority(?: levels?)?", "severity"),
    (
        r"help ?desk|service desk|support (?:hours|desk|team|model|response)|(?:customer|client|technical) support|support (?=(?:is |are )?(?:available|staffed|respond))|hours of support|(?<=is )support(?= available)|(?<=does )support(?= respond)",
        "helpdesk",
    ),
    (r"implementation(?: (?:project|take|time|plan))?|go(?:es)? live|going live|roll ?out", "golive"),
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
    (r"service level(?: (?:agreement|objective|commitment)(?:s)?)?|slas?|slos?", "sla"),
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
    (r"transaction cost analysis|tca", "tca"),
    (
        r"tls(?: versions?)?[^?]{0,20}connections?|connections? to your (?:service|platform)",
        "encrypt intransit data",
    ),
    (r"roll(?:ed|ing)? back|rollback|back out|backed out|taken back", "rollback"),
    (r"new hires?|joiners?|applicants?|candidates?", "staff"),
    (r"mobile app(?:lication)?s?", "mobileapp"),
    (r"(?:web )?browsers?", "browser"),
    (r"environmental|sustainability|esg|green policy", "sustainability"),
    (r"data back|take (?:our )?data (?:with us|out)", "export"),
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
    (r"retention|retain(?:ed|s|ing)?|keep (?:our )?data|how long[^?]{0,40}(?:kept|stored|held)", "retention"),
    (
        r"delet(?:e|ed|es|ion)|destr(?:oy|oyed|uction)|eras(?:e|ed|ure)|purg(?:e|ed)|sanitiz(?:e|ed|ation)|dispos(?:al|ed)|wip(?:e|ed)",
        "delete",
    ),
    (
        r"return(?:ed)? (?:of )?(?:our )?data|export(?:ed)? (?:of )?(?:our )?data|get (?:our )?data back|data export|data portability",
        "export",
    ),
    (
        r"(?:when |once |after |if )?(?:the )?(?:agreement|contract|service) (?:ends|end|is terminated|terminates|expires)|(?:when )?we leave|terminat(?:e|ed|ion)|end of (?:the )?contract|contract (?:ends|end|expiry)|exit|off ?boarding of clients|leave the service",
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
    (r"(?:forward|stream|ship)(?:ed|ing)?(?= |$)|sent(?= to (?:our|a|the|your) siem)", "export"),
    (r"guaranteed?|commit(?:ted|ment)?|promised?", "commit"),
    (r"automat(?:ed|ic|ically|ion)", "automatic"),
    (r"response times?|(?<=helpdesk )responds?", "responsetime"),
    (r"change (?:management|control)|changes to production|release (?:management|process)", "change"),
    (
        r"(?:source )?(?:code )?(?:is )?(?:scanned with )?(?:static|dynamic) (?:code |application )?(?:analysis|testing)(?: tools?)?|sast(?: tools?)?|dast(?: tools?)?|code scanning|(?<=codescan )on (?:your )?code",
        "codescan",
    ),
    (
        r"(?:inventory of )?open source (?:components?|libraries|software)|open source|software bill of materials|sbom|third party libraries",
        "opensource",
    ),
    (
        r"cyber (?:liability )?(?:insurance|cover(?:age)?)|insurance (?:cover|coverage|policy)|insured|professional indemnity",
        "insurance",
    ),
    (r"whistle ?blow(?:ing|er)", "whistleblowing"),
    (r"anti ?money laundering|aml|kyc|know your customer", "aml"),
    (r"anti ?bribery|bribery|corruption", "bribery"),
    (r"modern slavery|human trafficking", "slavery"),
    (r"conflicts? of interest", "conflict"),
    (r"employees?|staff|personnel|workforce|people (?:do you|work)", "staff"),
    (r"customers?|clients?|our firm|our organi[sz]ation", "client"),
    (r"fix(?: protocol)?(?: 4 \d| 5 0)?(?= |$)", "fix"),
    (r"application programming interfaces?|apis?|rest(?:ful)?(?: api)?", "api"),
    (r"order management(?: system)?|oms", "oms"),
    (r"execution management(?: system)?|ems", "ems"),
    (r"portfolio management(?: system)?|pms", "pms"),
    (r"prime brokerage|prime brokers?|prime services", "prime"),
    (r"market data", "marketdata"),
    (r"road ?map|planned features|future releases", "roadmap"),
    (r"reference(?:s|able)?(?: clients?| customers?)?|comparable clients", "references"),
    (r"price[ds]?|pricing|fees?|costs?|charges?|licen[cs]e fees?", "price"),
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
    staff headcount mfa sso pentest vulnscan atrest intransit dr continuity rto rpo uptime soc2 soc1 iso27001
    iso27017 iso27701 iso22301 pci hipaa gdpr ccpa dora nist fedramp cyberessentials dpo ciso thirdparty
    ai privileged vetting awareness escrow siem idps waf firewall malware patch onprem residency
    retention delete export exit segregation keys codereview codescan opensource insurance whistleblowing
    aml bribery slavery conflict fix api wireless device remote physical accessibility roadmap references
    price restore backup change oms ems pms prime marketdata riskassessment helpdesk golive ddos leaver owndevice nonprod auditedaccounts nda maintenance codereview rbac scim
    """
)  # fmt: skip
"""What a question is about: an answer that says nothing of one of these, or one that is about another, is no answer to it."""

NARROW: Final = _words(
    """
    atrest intransit onprem thirdparty privileged ai physical wireless remote opensource keys nonprod oms ems pms prime marketdata
    mfa sso scim soc1 soc2 iso27001 iso27017 iso27701 iso22301 pci hipaa gdpr ccpa dora nist fedramp leaver owndevice auditedaccounts
    conflict bribery slavery whistleblowing restore export delete golive device ddos rto rpo proddata accessibility
    """
)
"""Of these, what an answer was asked about narrows it: it does not answer the wider question."""

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
    maintain maintained obtain obtained experience experienced tool tools operation operations integrate integrated category categories last past
    grant granted front protect protected protection against publish published name complete completed issue issues hold held built software
    version versions model cycle life follow follows once through over control controls controlled complexity back roll rolled given possible assign assigned dedicated named receive received enforce
    engaged engage independent party outside external conducted install installed end ends cyber liability activity activities
    select selected apply applied applying undergo undergone establish established adopt adopted implementing employ employed located
    type described description main key typical typically regard attention various various relevant per-user
    have having keep northlake yes formal formally documented document available support supports supported via us ever most recent out
    level levels per new own new exist exists there agree agreed arrangement arrangements place placed run runs running regularly
    whole overview deployed deploy implemented implement cover covered covers enable enabled business current currently full part
    overall any time times type types different several many much number how must should need needs set kind kinds good
    please state stated provide provided us let know cases case respond responds response
    """
)
WEAK: Final = _words(
    """
    yearly often soon long security secure data client require comply policy plan user application applic manag access acces environ
    production code web legal right rights
    """
)
"""Words that nearly every question has: they help a little and decide nothing."""

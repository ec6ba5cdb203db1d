"""The field's own ways of asking, read before the words of `same.py`: each wording and what it is compared as. Data only."""

from __future__ import annotations

from typing import Final

WORDINGS: Final[tuple[tuple[str, str], ...]] = (
    # the field's own ways of asking
    (r"(?:the |your |our |each )?institution(?:al)? (?:s )?(?:data|information|records)", "data"),
    (r"(?:the |your |our |each )?institution(?:al)?(?: s)?(?= |$)", "client"),
    (r"plain ?text", "plaintext"),
    (r"organi[sz]ation(?:s)?", "firm"),
    (
        r"(?:at |on |after )?(?:the )?(?:completion|end|expiry|conclusion) of (?:this |the |our )?(?:contract|agreement)",
        "exit",
    ),
    (r"transport of (?=[^?]{0,30}data)|data transport", "intransit "),
    (r"storage of (?=[^?]{0,30}data)", "atrest "),
    (r"geographically|geographic", "geographic"),
    (r"authenticated user account", "authenticated account"),
    (r"upgrades?", "release"),
    (r"bankruptcy|insolvency|insolvent", "insolvency"),
    (r"acquisition|acquired", "acquired"),
    (r"vpat|acr(?= been| created)", "vpat conformance report"),
    (r"lifecycle", "life cycle"),
    (r"background screenings?(?: or [a-z ]{0,30}background checks?)?", "background checks"),
    (r"prior to", "before"),
    (r"llms?|large language models?", "language model"),
    (r"(?:ml|machine learning)(?: model)?", "machine learning"),
    (r"work locations?|locations of (?:employees|staff|offices)", "offices"),
    (r"saml ?2(?: 0)?", "saml 2 0"),
    (r"vulnerability (?:scan(?:ning|s)?|assessments?)|scan(?:s|ned)? for vulnerabilities", "vulnscan"),
    (r"how many (?:clients|customers)|number of (?:clients|customers)", "clientcount"),
    (r"orders", "order"),
    (
        r"(?:source code )?(?:(?:is )?(?:held|placed|deposited|kept) )?(?:in |with )?(?:an? )?(?:source code )?escrow(?: agents?| agreements?| arrangements?)?(?: for the source code)?",
        "escrow",
    ),
    (
        r"(?:ai|model|machine learning) training(?! data)|(?:your )?models? trained|models? (?:be )?train(?:s|ed)?|train(?:ed|s)? (?:your |any |machine learning |ai )*models?",
        "modeltraining",
    ),
    (r"size of (?:the |your )?(?:workforce|team|firm|staff)", "headcount"),
    (r"(?:last|past|previous) (?:36 months|three years|3 years)", "threeyears"),
    (
        r"(?:brief )?history of (?:the |your )?(?:firm|company|organi[sz]ation)|(?:date of |year of )?(?:establishment|incorporation|formation|foundation)|established|incorporated",
        "founded",
    ),
    (r"ownership(?: structure)?|who owns|shareholders?|beneficial owners?", "ownedby"),
    (
        r"(?:total )?number of (?:personnel|people|staff|employees)(?: (?:currently )?(?:employed|working))?",
        "headcount",
    ),
    (
        r"(?:legal|regulatory|disciplinary|criminal|civil|enforcement)(?:,? (?:or |and )?(?:legal|regulatory|disciplinary|criminal|civil|enforcement))* (?:actions?|proceedings?|sanctions?|investigations?)|litigation",
        "regulatory proceedings",
    ),
    (
        r"byok|bring (?:your|our|their) own keys?|customer managed (?:encryption )?keys?|cmk",
        "client own keys",
    ),
    (r"hsms?|hardware security modules?", "keymodule"),
    (r"azure ad|entra(?: id)?|okta|ping ?(?:id|federate|one)|ad ?fs", "idpname"),
    (r"federated (?:log ?in|sign ?on|identity|authentication)", "single sign on"),
    (r"watch(?:es|ed|ing)?", "monitored"),
    (
        r"scim(?: 2 0)?|(?:automated|automatic) (?:user |account )?provisioning|provisioning via scim",
        "scim provisioned automatically directory",
    ),
    (r"re ?certif(?:y|ied|ication)s?|attestation of access", "review"),
    (
        r"(?:upon |on |after )?termination of (?:employment|employees|staff)|(?:employees?|staff) terminations?",
        "leavers",
    ),
    (
        r"(?:minimum )?password (?:length|complexity|strength|requirements?|rules?|standards?|criteria)",
        "password policy",
    ),
    (
        r"around the clock|round the clock|24 ?x ?7(?: ?x ?365)?|24 7(?: 365)?|24 hours a day|24 hour(?: a day)?",
        "allhours",
    ),
    (r"security operations (?:centre|center|team)|soc(?! ?[12])", "secops"),
    (r"off ?site|second(?:ary)? site|(?:remote|another|separate|different) (?:site|location)", "othersite"),
    (
        r"on ?site audits?|audits? by (?:us|our|the client|clients|customers)|audit (?:you|your)\b",
        "right to audit",
    ),
    (r"onboarding(?= (?:take|takes|last|time|process take))", "implementation"),
    (r"(?:data|information|records) (?:can |will |may |to |is |are |be )*returned", "return data"),
    (
        r"tls (?:is )?(?:used|enforced|required)?[^?]{0,12}(?:external |all |network |client )+connections?",
        "encrypt intransit data",
    ),
    (
        r"(?:for )?(?:what|which) period(?: of time)?(?=[^?]{0,40}(?:kept|stored|held|retained|maintained))|how (?:long|many (?:years|months|days))(?=[^?]{0,40}(?:kept|stored|held|retained|maintained))",
        "retention",
    ),
    (r"executive summary|summary of (?:the|your)", "summary results"),
    (r"advance notice|(?:how much|what) notice", "soon announced"),
)

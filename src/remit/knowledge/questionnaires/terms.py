"""Words of questionnaires: those that may not be confused, and those that say nothing; what means the same: `same.py`. Data only."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HARD: Final = _words(
    """
    staff headcount mfa sso pentest vulnscan atrest intransit dr continuity rto rpo uptime soc2 soc1 iso27001
    iso27017 iso27701 iso22301 pci hipaa gdpr ccpa dora nist fedramp cyberessentials dpo ciso thirdparty
    ai privileged vetting awareness escrow siem idps waf firewall malware patch onprem residency
    retention delete export exit segregation keys codereview codescan opensource insurance whistleblowing
    aml bribery slavery conflict fix api wireless device remote physical accessibility roadmap references
    price restore backup change oms ems pms prime marketdata riskassessment helpdesk golive ddos leaver owndevice nonprod auditedaccounts nda maintenance codereview rbac scim modeltraining
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
        "equity bond option future", "europe asia america", "primary secondary", "client regulator", "hardwar softwar",
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
    grant granted front protect protected protection against publish published name complete completed issue issues hold held built
    version versions model cycle life follow follows once through over control controls controlled complexity back roll rolled given possible assign assigned dedicated named receive received enforce
    engaged engage independent party outside external conducted install installed end ends cyber liability activity activities
    select selected apply applied applying undergo undergone establish established adopt adopted implementing employ employed located
    type described description main key typical typically regard attention various various relevant per-user
    have having keep northlake yes formal formally documented document available support supports supported via us ever most recent out
    level levels per new own new exist exists there agree agreed arrangement arrangements place placed run runs running regularly
    whole overview deployed deploy implemented implement cover covered covers enable enabled business current currently full part
    overall any time times type types different several many much number how must should need needs set kind kinds good
    please state stated provide provided us let know cases case respond responds response
    formal periodic periodically adequate appropriate robust comprehensive effective sufficient suitable promptly timely material materially
    significant target maximum minimum contractual contractually programme program mechanism framework capability capabilities logical logically
    functionality feature features facility facilities brief date scope attach supply furnish elaborate evidence copy governed govern handled
    treated addressed processed kept keep keeps confirmation attestation hold holds format percentage proportion
    fully well designed operate operates operated sensitive actions action suffered recorded each other firms
    carries carrying overall multi protects protecting annually used individual individuals properly occurred idpname products before basis leverage leverages utilize utilizing utilising accommodate able
    generally either both technique techniques existing so s consultant consultants
    """
)
WEAK: Final = _words(
    """
    softwar event yearly year often soon long security secure data client require requir comply policy plan user application applicat applic manag access acces environ
    production code web legal right rights
    """
)
"""Words that nearly every question has: they help a little and decide nothing."""

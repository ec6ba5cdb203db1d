"""Legal forms of firms, folded as `text.fold` folds: what a name may carry without being another firm's name."""

from __future__ import annotations

from typing import Final

_SHORT = """
inc incorporated corp corporation co company cos companies ltd limited llc llp lp plc lc pc pllc lllp
ag se gmbh mbh kg kgaa ohg gbr ug ev eg ges sa sas sarl sasu snc sci scs sca eurl nv bv vof cv bvba sprl
spa srl sapa snc ss spzoo sp zoo as asa ab aps oy oyj hf ehf ans da kft zrt nyrt rt bt doo dd ad ood eood
as sro ks vos ooo oao zao pao jsc ojsc cjsc pjsc llc tov pat prat pte pty pvt sdn bhd kk gk yk ltda eireli
cia cv sab sapi rl sl slu slne sal srls tbk pt fze fzco fzc wll bsc sal uab sia ou as aktiengesellschaft
aktieselskab aktiebolag kommanditgesellschaft aktsiaselts
ооо оао зао пао ао тов
"""
_LONG = """
co ltd|co kg|gmbh co kg|gmbh and co kg|and co|and co kg|and co ltd|sp z o o|s r o|d o o|o o o|z o o|a s|s a|s p a|s r l|s l|s a r l|b v|n v|p l c
public limited company|limited liability company|limited liability partnership|limited partnership
joint stock company|open joint stock company|closed joint stock company|public joint stock company
private limited|private limited company|pvt ltd|pty ltd|proprietary limited|sdn bhd|pte ltd|company limited
gesellschaft mit beschrankter haftung|societe anonyme|societe par actions simplifiee|societe a responsabilite limitee
sociedad anonima|sociedad limitada|sociedad de responsabilidad limitada|sociedad anonima de capital variable|sa de cv
s a de c v|societa per azioni|societa a responsabilita limitata|naamloze vennootschap|besloten vennootschap
societatea cu raspundere limitata|sociedade anonima|spolka z ograniczona odpowiedzialnoscia|spolka akcyjna
aktiengesellschaft|osakeyhtio|kabushiki kaisha|korlatolt felelossegu tarsasag|spolecnost s rucenim omezenym
обществосограниченнойответственностью|общество с ограниченной ответственностью|акционерное общество
открытое акционерное общество|закрытое акционерное общество|публичное акционерное общество
"""

LEGAL_FORMS: Final[frozenset[str]] = frozenset(_SHORT.split()) | frozenset(
    form.strip() for line in _LONG.strip().splitlines() for form in line.split("|")
)
ARTICLES: Final = frozenset({"the"})
# at the start of a name only what is customary there: "SE Asia Fund" is no Societas Europaea
LEADING_FORMS: Final[frozenset[str]] = frozenset(
    ["ooo", "oao", "zao", "pao", "ao", "jsc", "ojsc", "cjsc", "pjsc", "llc", "srl", "pt", "sia", "uab"]
) | frozenset(form for form in LEGAL_FORMS if len(form) > 6 or "а" <= form[:1] <= "я")

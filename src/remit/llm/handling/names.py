"""The list of given and family names and places (data/names.txt.gz, made by tools/handling_names.py), loaded once."""

from __future__ import annotations

import gzip
from functools import lru_cache
from importlib.resources import files
from typing import Final

TITLES: Final = frozenset(
    "mr mrs ms miss mx dr prof professor sir madam herr frau mme mlle monsieur madame señor señora sr sra don doña lord lady judge hon rev".split()
)
PARTICLES: Final = frozenset("dei dell degli de da do dos das del della di du la le van von der den ter ten bin ibn al el af av zu y".split())
AFTER: Final = frozenset("jr sr ii iii iv md phd cfa esq mba".split())
COUNTRIES: Final = frozenset(
    """afghanistan albania algeria andorra angola argentina armenia australia austria azerbaijan bahamas bahrain bangladesh barbados belarus belgium
    belize benin bermuda bhutan bolivia bosnia botswana brazil britain brunei bulgaria cambodia cameroon canada chile china colombia congo croatia cuba
    cyprus czechia denmark ecuador egypt england estonia ethiopia fiji finland france gabon gambia georgia germany ghana gibraltar greece greenland
    guatemala guernsey guinea haiti honduras hungary iceland india indonesia iran iraq ireland israel italy jamaica japan jersey jordan kazakhstan kenya
    korea kosovo kuwait laos latvia lebanon liberia libya liechtenstein lithuania luxembourg macau malaysia maldives malta mauritius mexico moldova monaco
    mongolia montenegro morocco mozambique myanmar namibia nepal netherlands nicaragua niger nigeria norway oman pakistan panama paraguay peru philippines
    poland portugal qatar romania russia rwanda scotland senegal serbia singapore slovakia slovenia somalia spain sudan sweden switzerland syria taiwan
    tanzania thailand tunisia turkey uganda ukraine uruguay uzbekistan venezuela vietnam wales yemen zambia zimbabwe america europe asia africa""".split()
)
# Words that begin sentences or headings, and everyday capitalised words that are no names. The list of names has some of them.
NEVER: Final = frozenset(
    """a an the and or but if so as at by for from in into of on to with who what when where why how is are was were be been it its this that these those
    i you he she we they me him her us them my your his our their hello hi hey dear thanks thank regards best kind sincerely please yes no not ok okay
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december
    name phone email e-mail mail address date fax mobile desk website user bot title company office team street road avenue summary subject re fwd cc
    director chief head manager officer president ceo cfo coo cto cio senior vice analyst trader partner bank fund capital group inc ltd llc lp plc
    need have has had do does did can could would should will shall may might must let here there some any every each all both few more most other such
    new old good great true false first last next many much very just also only even still again about after before during since until while because
    university school college club hotel restaurant house city state country north south east west southern northern eastern western central
    meet order account card client market price list class strategy position short long book call put order report question answer client's credit social
    producer princess prince king queen royal act mission film song album pm am lp gp aum nav isin iban lei cusip swift api fix oms ems pms crm rfp sdr usd eur gbp chf sek""".split()
)
_DEMONYMS: Final = """afghan albanian algerian american argentine argentinian armenian australian austrian azerbaijani bangladeshi belarusian belgian bolivian bosnian
    brazilian british bulgarian cambodian canadian chilean chinese colombian croatian cuban cypriot czech danish dutch egyptian english estonian ethiopian
    european filipino finnish french georgian german ghanaian greek greenlander greenlandic haitian hungarian icelandic indian indonesian iranian iraqi irish
    israeli italian jamaican japanese jordanian kazakh kenyan korean kuwaiti latvian lebanese libyan lithuanian macedonian malaysian maltese mexican moldovan
    mongolian moroccan nepalese nigerian norwegian omani pakistani palestinian panamanian paraguayan persian peruvian polish portuguese qatari romanian russian
    rwandan saudi scottish senegalese serbian singaporean slovak slovenian slovene somali spanish sudanese swede swedish swiss syrian taiwanese thai tunisian
    turkish ugandan ukrainian uruguayan uzbek venezuelan vietnamese welsh yemeni zambian zimbabwean bruneian arab asian african jewish muslim christian hindu
    catholic buddhist""".split()
DEMONYMS: Final = frozenset(_DEMONYMS) | {f"{word}s" for word in _DEMONYMS if not word.endswith(("s", "sh", "ch", "ese"))}


@lru_cache(maxsize=1)
def _held() -> dict[str, str]:
    packed = files("remit.llm.handling").joinpath("data/names.txt.gz").read_bytes()
    held: dict[str, str] = {}
    for line in gzip.decompress(packed).decode().splitlines():
        kinds, name = line.split("\t")
        held[name] = kinds
    return held


def kinds(word: str) -> str:
    """Of which kinds a word is known: g given name, f family name, p place, w ordinary word; "" = unknown."""
    low = word.lower()
    return _held().get(low, "") or _held().get(low.replace("’", "'"), "")

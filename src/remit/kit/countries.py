"""Names of countries, as tables of other systems write them."""

from __future__ import annotations

from typing import Final

from remit.kit.text import fold

COUNTRIES: Final = frozenset(
    fold(word)
    for word in """Afghanistan|Albania|Algeria|Andorra|Angola|Argentina|Armenia|Australia|Austria|Azerbaijan|Bahamas|Bahrain|Bangladesh|
Barbados|Belarus|Belgium|Belize|Benin|Bermuda|Bhutan|Bolivia|Bosnia and Herzegovina|Botswana|Brazil|British Virgin Islands|Brunei|
Bulgaria|Burkina Faso|Burundi|Cambodia|Cameroon|Canada|Cape Verde|Cayman Islands|Chad|Chile|China|Colombia|Congo|Costa Rica|Croatia|
Cuba|Curacao|Cyprus|Czech Republic|Czechia|Denmark|Dominican Republic|Ecuador|Egypt|El Salvador|Estonia|Ethiopia|Fiji|Finland|France|
Gabon|Gambia|Georgia|Germany|Ghana|Gibraltar|Greece|Guatemala|Guernsey|Guinea|Haiti|Honduras|Hong Kong|Hungary|Iceland|India|Indonesia|
Iran|Iraq|Ireland|Isle of Man|Israel|Italy|Ivory Coast|Jamaica|Japan|Jersey|Jordan|Kazakhstan|Kenya|Korea|South Korea|North Korea|
Kuwait|Kyrgyzstan|Laos|Latvia|Lebanon|Liberia|Libya|Liechtenstein|Lithuania|Luxembourg|Macau|Macedonia|North Macedonia|Madagascar|
Malawi|Malaysia|Maldives|Mali|Malta|Mauritius|Mexico|Moldova|Monaco|Mongolia|Montenegro|Morocco|Mozambique|Myanmar|Namibia|Nepal|
Netherlands|The Netherlands|New Zealand|Nicaragua|Niger|Nigeria|Norway|Oman|Pakistan|Panama|Papua New Guinea|Paraguay|Peru|
Philippines|Poland|Portugal|Puerto Rico|Qatar|Romania|Russia|Russian Federation|Rwanda|San Marino|Saudi Arabia|Senegal|Serbia|
Seychelles|Sierra Leone|Singapore|Slovakia|Slovenia|Somalia|South Africa|Spain|Sri Lanka|Sudan|Suriname|Swaziland|Sweden|Switzerland|
Syria|Taiwan|Tajikistan|Tanzania|Thailand|Togo|Trinidad and Tobago|Tunisia|Turkey|Turkmenistan|Uganda|Ukraine|United Arab Emirates|
UAE|United Kingdom|UK|Great Britain|England|Scotland|Wales|United States|United States of America|USA|US|Uruguay|Uzbekistan|Venezuela|
Vietnam|Viet Nam|Yemen|Zambia|Zimbabwe|Deutschland|Schweiz|Österreich|España|Italia|Brasil|Nederland|GB|DE|FR|CH|AT|IT|ES|NL|BE|SE|NO|
DK|FI|IE|LU|JP|CN|HK|SG|AU|CA|IN|BR|MX|ZA|KR|PL|PT""".replace("\n", "").split("|")
)

EU: Final = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "HR",
        "CY",
        "CZ",
        "DK",
        "EE",
        "FI",
        "FR",
        "DE",
        "GR",
        "HU",
        "IE",
        "IT",
        "LV",
        "LT",
        "LU",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SK",
        "SI",
        "ES",
        "SE",
    ]
)
"""Members of the European Union, by code."""
APAC: Final = frozenset(
    [
        "AU",
        "BD",
        "BN",
        "BT",
        "CN",
        "FJ",
        "HK",
        "ID",
        "IN",
        "JP",
        "KH",
        "KR",
        "LA",
        "LK",
        "MM",
        "MN",
        "MO",
        "MV",
        "MY",
        "NP",
        "NZ",
        "PG",
        "PH",
        "PK",
        "SG",
        "TH",
        "TL",
        "TW",
        "VN",
    ]
)
"""Asia and the Pacific, by code."""
_CODES: Final = frozenset(
    """AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG
    CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL
    GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA
    LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP
    NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
    SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW""".casefold().split()
)


def is_country(text: str) -> bool:
    """Whether `text` is a name that we know, or a code of two letters that there is (ISO 3166-1)."""
    said = fold(text)
    return said in COUNTRIES or said in _CODES


_NAMED: Final = {
    "USA": "US", "UNITED STATES": "US", "UNITED STATES OF AMERICA": "US", "UK": "GB", "UNITED KINGDOM": "GB", "GREAT BRITAIN": "GB",
    "ENGLAND": "GB", "GERMANY": "DE", "FRANCE": "FR", "SWITZERLAND": "CH", "JAPAN": "JP", "CANADA": "CA", "SINGAPORE": "SG", "HONG KONG": "HK",
    "IRELAND": "IE", "NETHERLANDS": "NL", "LUXEMBOURG": "LU", "SPAIN": "ES", "ITALY": "IT", "SWEDEN": "SE", "AUSTRALIA": "AU",
    "DENMARK": "DK", "AUSTRIA": "AT", "POLAND": "PL",
}  # fmt: skip


def code_of(country: str) -> str:
    """A country as its two letters where it is known by name, else as it is in capitals; "" for none, and for what is no country."""
    text = fold(country).upper()
    return _NAMED.get(text) or (text if is_country(text) else "")

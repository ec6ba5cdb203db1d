"""Every number of the simulation. docs/demo.md explains the model and compares its results with the field.

Rates are per week unless the name says otherwise; money is in whole US dollars; times are in days.
A change here changes the bytes that a seed gives: raise VERSION with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

VERSION: Final = 5
HISTORY_DAYS: Final = 1096  # the history ends on the day before loading
SOURCE: Final = "northlake-demo"  # column `source` of every row

ACCOUNTS: Final = 420  # at scale 1; everything else follows from the accounts
REPS_AT_SCALE_1: Final = 24  # SDR 8, AE 10, SE 6; a larger firm has more, by the square root of its scale

TERRITORIES: Final = ("Americas", "UK and Ireland", "EMEA", "APAC")
TERRITORY_SHARE: Final = (0.44, 0.20, 0.20, 0.16)
BARRIER: Final = "Project Heron"  # accounts on which Northlake's prime brokerage holds restricted information
BARRIER_SHARE: Final = 0.04  # of the accounts of the first and third territory
KEY_ACCOUNT_SHARE: Final = 0.06
CUSTOMER_SHARE: Final = 0.17  # customers at the beginning; deals won add to them
FORMER_SHARE: Final = 0.03


@dataclass(frozen=True)
class Segment:
    """One kind of client. AUM is lognormal; `fit` is the mean hidden fit (0–1) per product, in PRODUCTS' order."""

    key: str
    share: float
    aum_median: float
    aum_sigma: float
    staff_median: float
    fit: tuple[float, float, float, float, float, float]
    need: float


SEGMENTS: Final = (
    Segment("macro", 0.13, 1.4e9, 1.0, 45, (0.50, 0.55, 0.60, 0.45, 0.45, 0.60), 0.48),
    Segment("long_short_equity", 0.24, 0.9e9, 1.0, 32, (0.62, 0.55, 0.50, 0.35, 0.30, 0.66), 0.50),
    Segment("quantitative", 0.12, 1.8e9, 1.1, 70, (0.35, 0.66, 0.45, 0.68, 0.50, 0.55), 0.52),
    Segment("multi_strategy", 0.10, 4.5e9, 0.9, 160, (0.58, 0.60, 0.66, 0.52, 0.45, 0.62), 0.58),
    Segment("credit", 0.12, 2.2e9, 0.9, 55, (0.55, 0.30, 0.64, 0.38, 0.32, 0.50), 0.44),
    Segment("asset_manager", 0.17, 11.0e9, 1.1, 210, (0.66, 0.50, 0.60, 0.42, 0.20, 0.22), 0.46),
    Segment("prop_firm", 0.12, 0.35e9, 0.9, 60, (0.25, 0.68, 0.40, 0.64, 0.70, 0.45), 0.54),
)


@dataclass(frozen=True)
class Product:
    """One product. `price` is the newest list price a unit and year; a deal is for `units_a_head` × staff (or 1)."""

    key: str
    name: str
    family: str
    unit: str
    price: int
    units_a_head: float
    description: str


PRODUCTS: Final = (
    Product("oms", "Northlake OMS", "order management", "user and year", 14_400, 0.30,
            "Orders, allocations and compliance checks before the trade, for funds with several prime brokers."),
    Product("ems", "Northlake EMS", "execution management", "user and year", 18_000, 0.20,
            "Execution across brokers and venues with algorithms, baskets and cost analysis."),
    Product("risk", "Northlake Portfolio and Risk", "portfolio and risk", "user and year", 11_400, 0.32,
            "Positions, profit and loss, exposure and stress in one book of record."),
    Product("data", "Northlake Market Data", "market data", "site and year", 96_000, 0.0,
            "Normalised real-time and historical data with entitlements and usage reports."),
    Product("clearing", "Northlake Clearing", "clearing", "platform and year", 165_000, 0.0,
            "Clearing of listed derivatives on eleven exchanges with intraday margin."),
    Product("prime", "Northlake Prime", "prime brokerage", "platform and year", 240_000, 0.0,
            "Financing, stock loan and custody with reporting for several prime brokers."),
)  # fmt: skip
PRICE_FACTORS: Final = (0.86, 0.93, 1.0)  # generations: two superseded, one in force
PRICE_STARTS: Final = (-1300, -720, -270)  # days from today on which each began

STAGES: Final = ("qualification", "discovery", "evaluation", "proposal", "negotiation")
WON, LOST = "won", "lost"
OPENED_A_YEAR: Final = 2.1  # opportunities an account and year at mean need and appetite
APPETITE_SIGMA: Final = 0.55  # spread of how often a client looks at new systems (lognormal, mean 1)
LEADS_A_YEAR: Final = 4.3  # leads an account and year; a further share comes from firms without an account
LEADS_WITHOUT_ACCOUNT: Final = 0.18
LEAD_CONVERTS: Final = 0.11  # at mean fit, need and channel; odds move with them
CONVERT_FIT, CONVERT_NEED, CONVERT_SKILL = 2.4, 2.0, 0.25  # log-odds

ADVANCE: Final = (0.145, 0.135, 0.11, 0.105, 0.135)  # hazard a week of moving on, by stage
LOSE: Final = (0.054, 0.044, 0.038, 0.041, 0.040)  # hazard a week of being lost, by stage
STALL: Final = (
    0.008,
    0.008,
    0.008,
    0.009,
    0.009,
)  # hazard a week of falling asleep: no hazard moves it afterwards
ASLEEP_LOST_AFTER_DAYS: Final = 190  # what fell asleep is closed as lost after about this long
BETA: Final = {"fit": 1.5, "need": 0.9, "budget": 0.7, "champion": 0.45, "skill": 0.22, "clock": 0.5}
SPECIALIST_SHARE: Final = 0.05  # of deals in a trial or later: an engineer of another territory sits in
COMPETED: Final = 0.62  # share of opportunities with a named competitor
COMPETED_LOSE: Final = 1.25  # factor on the hazard of loss
OPTIMISM: Final = 0.68  # sellers' first close date: this share of the model's mean remaining time
PUSH_DAYS: Final = (21, 75)  # how far a passed close date is put off

DISCOUNT_BASE: Final = 0.06
DISCOUNT_COMPETED: Final = 0.05
DISCOUNT_QUARTER_END: Final = 0.04
DISCOUNT_SIGMA: Final = 0.045
DISCOUNT_MOST: Final = 0.38

LOSS_REASONS: Final = (
    ("no decision", 0.34), ("lost to a competitor", 0.27), ("price", 0.15), ("missing function", 0.10),
    ("budget withdrawn", 0.08), ("change of people", 0.06),
)  # fmt: skip
LEAD_CHANNELS: Final = (  # name, share, log-odds of converting
    ("referral", 0.08, 1.0), ("event", 0.17, 0.3), ("webinar", 0.16, -0.1), ("website", 0.27, 0.0),
    ("outbound", 0.24, -0.5), ("partner", 0.08, 0.5),
)  # fmt: skip

CONTACTS_MEAN: Final = 4.5
PERSONAS: Final = (  # persona (the writer's word for a job), title, share
    ("operations", "Chief Operating Officer", 0.15),
    ("technology", "Chief Technology Officer", 0.14),
    ("trading", "Head of Trading", 0.18),
    ("portfolio", "Portfolio Manager", 0.13),
    ("risk", "Chief Risk Officer", 0.10),
    ("operations", "Head of Operations", 0.12),
    ("portfolio", "Chief Investment Officer", 0.06),
    ("executive", "Managing Partner", 0.07),
    ("executive", "Head of Procurement", 0.05),
)
ACTIVITIES_PER_STAGE: Final = (1.35, 1.55, 1.9, 1.65, 1.8)  # mean exchanges in a stage of an opportunity
ACTIVITIES_BASE: Final = 9.0  # mean activities an account without a deal behind them, over the whole history
REPLY_RATE: Final = 0.42  # of e-mails in a running deal
COLD_REPLY_RATE: Final = 0.035

USE_WEEKS: Final = 9  # whole weeks since Remit arrived
USE_NEVER: Final = 0.08  # reps who never begin
USE_BEGINS_MEAN: Final = 1.3  # weeks after arrival in which the others begin (exponential)
USE_A_WEEK: Final = 3.6  # texts a week that a rep has written, median (lognormal)
USE_SIGMA: Final = 0.35
USE_ENDS: Final = (0.82, 0.13, 0.05)  # sent, thrown away, still a draft
USE_EDITED: Final = 0.55
USE_ELSEWHERE: Final = 5.5  # pieces of work a month that a rep does with other AI, median (lognormal)
USE_ELSEWHERE_SIGMA: Final = 0.9
USE_REPLIED: Final = 0.2  # of what reps send with AI to clients they know
PILOT_DAYS: Final = 300  # since when SDRs write from templates of the library
PILOT_SHARE: Final = 0.5  # contacts who got a message of the pilot
USE_UNATTESTED: Final = 0.12  # reps who have not said how many

# Deliberate dirt: how many of each kind at scale 1 (scaled with the accounts); demo/dirt.py says what each is.
DIRT: Final = {
    "duplicate_account": 12, "duplicate_contact": 24, "wrong_stage": 18, "stale_note": 24, "contradictory_fact": 14,
    "superseded_price": 14, "missing_field": 48, "canary": 24, "injection_visible": 6, "injection_hidden": 5,
    "injection_split": 4, "injection_encoded": 5, "confidential_paste": 12, "false_capability": 10,
}  # fmt: skip

"""What can be imported: entities, their fields, and the words by which exports call them.

This is the one place that lists importable fields. `words` are compared without case, blanks and marks; they are
the field's general vocabulary (Salesforce, HubSpot, Dynamics, Pipedrive and plain spreadsheets), never one firm's file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal[
    "id", "name", "text", "long", "email", "phone", "url", "country", "date", "instant", "money", "count", "rate", "bool", "ref",
    "channel", "stage", "outcome", "state", "relation", "forecast", "activity", "direction",
]  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One importable field. `weight` is how much it says that a file is of this entity; `to` is the entity referred to."""

    name: str
    kind: Kind
    words: tuple[str, ...]
    weight: float = 1.0
    to: str | None = None


@dataclass(frozen=True)
class Entity:
    """One kind of record. `key` are the fields that identify a row when the file has no id column.

    `guessed`: whether a file can be taken for it by its words; else only a mapping or a connected CRM says so.
    """

    name: str
    table: str
    file_words: tuple[str, ...]
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    required: tuple[tuple[str, ...], ...]
    guessed: bool = True

    def field(self, name: str) -> Field | None:
        """The field of that name, or None."""
        return next((field for field in self.fields if field.name == name), None)


def _f(name: str, kind: Kind, words: str, weight: float = 1.0, to: str | None = None) -> Field:
    return Field(name, kind, tuple(word.strip() for word in words.split("|")), weight, to)


def _id(own: str) -> Field:
    generic = "id|record id|external id|uid|uuid|guid|key|hs object id|object id|row id|legacy id|crm id"
    return _f("external_id", "id", f"{own}|{generic}", 1.5)


OWNER: Final = _f(
    "owner", "ref",
    "owner|sales agent|sales rep|rep|agent|account executive|ae|owner name|account owner|deal owner|opportunity owner|"
    "lead owner|contact owner|owner full name|assigned to|sales representative|salesperson|seller name|hubspot owner|"
    "assigned user|responsible|account manager|sales owner|hubspot owner id|sales person|sr|sr id|rep id|closer|bearbeiter",
    0.6, "people",
)  # fmt: skip
OWNER_ID: Final = _f(
    "owner_id_text",
    "ref",
    "owner id|ownerid|owner user id|sales rep id|sales agent id|agent id|assigned to id|user id",
    0.3,
    "people",
)
ACCOUNT_WORDS: Final = (
    "account|account name|company|company name|organization|organisation|organization name|customer|customer name|client|"
    "client name|firm|firm name|associated company|primary company|business name|buyer|kunde|firma|unternehmen"
)
ACCOUNT: Final = _f("account", "ref", ACCOUNT_WORDS, 1.0, "accounts")
ACCOUNT_ID: Final = _f(
    "account_id_text", "ref",
    "account id|accountid|company id|organization id|customer id|client id|associated company id|primary associated company id|associatedcompanyid",
    0.8, "accounts",
)  # fmt: skip
FIRST: Final = _f("first_name", "text", "first name|firstname|given name|forename|vorname|prenom", 1.2)
LAST: Final = _f("last_name", "text", "last name|lastname|surname|family name|nachname", 1.2)
EMAIL: Final = _f(
    "email",
    "email",
    "email|e-mail|email address|e mail address|work email|mail|primary email|business email",
    1.2,
)
PHONE: Final = _f(
    "phone",
    "phone",
    "phone|phone number|telephone|tel|mobile|mobile phone|work phone|direct phone|office phone",
    0.8,
)
TITLE: Final = _f("title", "text", "title|job title|jobtitle|position|role|function|designation", 0.6)
COUNTRY: Final = _f(
    "country",
    "country",
    "country|country name|billing country|mailing country|country region|nation|hq country|land",
    0.4,
)
OPT_OUT: Final = _f(
    "do_not_email", "bool",
    "do not email|email opt out|has opted out of email|opted out|unsubscribed|unsubscribe|optout|email optout|do not contact|"
    "donotemail|unsubscribed from all email|hs email optout|marketing opt out|dnc",
    0.8,
)  # fmt: skip
TERRITORY: Final = _f(
    "territory",
    "text",
    "territory|sales territory|region|sales region|regional office|sales office|territory name|branch|gebiet",
    0.6,
)
PRICE_WORDS: Final = "price|unit price|sales price|list price|retail price|price amount|standard price|suggested retail price|msrp|unit cost|preis"

_ALL: Final = (
    Entity(
        "people", "people",
        ("team", "teams", "users", "user", "reps", "rep", "agents", "agent", "staff", "employees", "salespeople", "owners", "sellers"),
        (
            _id("user id|agent id|employee id|rep id|sales agent id|owner id|sales rep id|staff id"),
            _f("name", "text", "sales agent|sales rep|agent|rep|full name|name|user|user name|username|employee|employee name|sales representative|agent name|rep name|salesperson|owner|owner name|account executive|seller|seller name", 1.6),
            FIRST, LAST, EMAIL, TITLE,
            _f("manager", "ref", "manager|sales manager|manager name|supervisor|reports to|team lead|team leader|boss|line manager", 2.0, "people"),
            _f("team", "text", "team|team name|sales team|group|squad|department|division", 1.2),
            TERRITORY,
            _f("time_zone", "text", "time zone|timezone|tz", 0.5),
            _f("active", "bool", "active|is active|enabled|status active", 0.5),
        ),
        ("email|name|first_name+last_name",), (("name", "last_name", "first_name", "email"),),
    ),
    Entity(
        "accounts", "accounts",
        ("accounts", "account", "companies", "company", "firms", "organizations", "organisations", "customers", "clients", "advisers", "advisors"),
        (
            _id("account id|company id|organization id|customer id|client id|accountid|account number|firm id|adviser id|advisor id|company number|account code|crd|crd number|sec number"),
            _f("name", "name", ACCOUNT_WORDS + "|name|legal entity name|primary business name|display name", 1.6),
            _f("legal_name", "text", "legal name|registered name|legal entity|full legal name", 0.8),
            _f("segment", "text", "segment|business segment|customer segment|account type|type|tier|strategy|fund type|client type|account segment", 0.6),
            _f("sector", "text", "sector|industry|vertical|branche|industry sector|industry group|line of business|business type", 1.4),
            _f("relation", "relation", "relation|relationship|lifecycle stage|lifecyclestage|account status|customer status|customer type", 0.6),
            _f("key_account", "bool", "key account|strategic|strategic account|is key account|vip", 0.8),
            _f("website", "url", "website|web site|url|domain|company domain|company domain name|web|homepage|website address|web address", 1.2),
            COUNTRY,
            _f("location", "country", "office location|location|headquarters|hq|hq location|main office location|office", 0.5),
            _f("region", "text", "state|province|state province|billing state|billing state province|state region|bundesland|county", 0.3),
            _f("city", "text", "city|town|billing city|mailing city|main office city|ort|hq city", 0.4),
            _f("founded_on", "date", "year established|founded|year founded|founded on|established|foundation date|incorporated|inception year|founding year|date founded", 1.2),
            _f("employees_count", "count", "employees|number of employees|employee count|headcount|numberofemployees|no of employees|staff count|fte|company size|total employees|mitarbeiter", 1.4),
            _f("revenue", "money", "revenue|annual revenue|annualrevenue|turnover|sales volume|yearly revenue|umsatz|declared monthly revenue", 1.4),
            _f("aum", "money", "aum|assets under management|total aum|regulatory aum|regulatory assets under management|raum|total assets|gross assets|total regulatory assets|total gross assets", 1.4),
            OWNER, OWNER_ID,
            _f("parent", "ref", "parent|parent account|parent company|subsidiary of|parent account id|parent id|ultimate parent|parent name|holding", 1.2, "accounts"),
            TERRITORY,
        ),
        ("name",), (("name",),),
    ),
    Entity(
        "contacts", "contacts", ("contacts", "contact", "kontakte", "persons"),
        (
            _id("contact id|contactid|person id|contact number"),
            ACCOUNT, ACCOUNT_ID, FIRST, LAST,
            _f("full_name", "text", "full name|name|contact name|contact|person|person name|fullname", 1.0),
            TITLE,
            _f("persona", "text", "persona|buyer persona|buying role|hs buying role|contact type|seniority", 0.6),
            EMAIL, PHONE, COUNTRY,
            _f("time_zone", "text", "time zone|timezone|tz", 0.3),
            _f("jurisdiction", "text", "jurisdiction|regulator", 0.4),
            OWNER, OWNER_ID, OPT_OUT,
        ),
        ("email|first_name+last_name+full_name+account+account_id_text",), (("last_name", "full_name", "email", "first_name"),),
    ),
    Entity(
        "products", "products", ("products", "product", "items", "skus", "catalog", "catalogue"),
        (
            _id("product id|product code|sku|item id|item code|productcode|product key|article number"),
            _f("name", "text", "product|product name|item|item name|sku name|name|product title|article|produkt", 1.8),
            _f("family", "text", "series|family|product family|category|product category|product line|line|group|product group|product type", 1.2),
            _f("description", "long", "description|product description|details|long description", 0.4),
            _f("active", "bool", "active|is active|available|enabled", 0.4),
            _f("price", "money", PRICE_WORDS, 1.4),
            _f("unit", "text", "unit|billing unit|uom|unit of measure|billing frequency|per", 0.4),
        ),
        ("name",), (("name",),),
    ),
    Entity(
        "prices", "prices", ("prices", "pricebook", "pricelist", "price"),
        (
            _id("price id|pricebook entry id|price entry id"),
            _f("product", "ref", "product|product name|product id|product code|sku|item", 1.0, "products"),
            _f("price", "money", PRICE_WORDS, 1.2),
            _f("unit", "text", "unit|billing unit|uom|unit of measure|billing frequency|per", 0.4),
            _f("valid_from_on", "date", "valid from|effective from|effective date|start date|from|active from|price date", 2.0),
            _f("valid_until_on", "date", "valid until|valid to|effective to|end date|until|expires|expiry|expiration date", 1.5),
            _f("generation", "count", "generation|price version|version|revision", 0.6),
        ),
        ("product", "unit", "valid_from_on"), (("product",), ("price",), ("valid_from_on",)),
    ),
    Entity(
        "competitors", "competitors", ("competitors", "competitor", "competition", "rivals"),
        (
            _id("competitor id"),
            _f("name", "name", "competitor|competitor name|name|rival", 2.0),
            _f("website", "url", "website|url|domain", 0.5),
            _f("notes", "long", "notes|description|strengths|weaknesses|comment|comments", 0.5),
        ),
        ("name",), (("name",),),
    ),
    Entity(
        "campaigns", "campaigns", (),
        (
            _id("campaign id"),
            _f("name", "text", "campaign name"),
            _f("kind", "text", "campaign type"),
            _f("state", "text", "campaign status"),
            _f("starts_on", "date", "campaign start"),
            _f("ends_on", "date", "campaign end"),
            _f("budget", "money", "campaign budget"),
            _f("cost", "money", "campaign cost"),
            _f("leads_count", "count", "campaign leads"),
            _f("active", "bool", "campaign active"),
            OWNER,
        ),
        ("name",), (("name",),), guessed=False,
    ),
    Entity(
        "leads", "leads", ("leads", "lead", "prospects", "prospect", "mql", "mqls", "inquiries", "signups", "qualified"),
        (
            _id("lead id|prospect id|mql id|leadid|lead key|inquiry id|lead number|lead no"),
            FIRST, LAST,
            _f("full_name", "text", "full name|name|lead name|contact name|person", 0.7),
            _f("firm_name", "text", ACCOUNT_WORDS + "|company account", 0.6),
            TITLE, EMAIL, PHONE, COUNTRY,
            _f("channel", "channel", "lead source|source|channel|marketing channel|utm medium|utm source|original source|hs analytics source|traffic source|acquisition channel|medium", 1.6),
            _f("origin", "text", "lead origin|origin|campaign|utm campaign|lead type|form|source detail|original source drill down 1|first conversion", 1.2),
            _f("landing_page", "text", "landing page|landing page id|landing page url|page|first page seen|entry page|landingpage", 1.2),
            _f("state", "state", "lead status|lead state|status|hs lead status|converted|is converted|lead stage|qualification status|won|outcome", 1.4),
            _f("state_reason", "text", "status reason|disqualification reason|lost reason|reason|unqualified reason", 0.5),
            OWNER, OWNER_ID,
            _f("received_at", "instant", "first contact date|created date|create date|created at|created on|createdate|received|received at|lead date|submission date|submitted at|inquiry date|date|date added|timestamp|created", 0.9),
            _f("converted_at", "instant", "converted date|conversion date|converted at|date converted|qualified date", 1.0),
            _f("converted_account", "ref", "converted account id|converted account", 0.4, "accounts"),
            _f("converted_contact", "ref", "converted contact id|converted contact", 0.4, "contacts"),
            _f("converted_opportunity", "ref", "converted opportunity id|converted opportunity|converted deal id", 0.4, "opportunities"),
            OPT_OUT,
        ),
        ("email|first_name+last_name+full_name+firm_name+received_at",), ((),),
    ),
    Entity(
        "members", "campaign_members", (),
        (
            _id("campaign member id"),
            _f("campaign", "ref", "campaign id", to="campaigns"),
            _f("contact", "ref", "contact id", to="contacts"),
            _f("lead", "ref", "lead id", to="leads"),
            _f("state", "text", "member status"),
            _f("responded", "bool", "responded"),
            _f("first_responded_on", "date", "first responded date"),
            _f("added_at", "instant", "member since"),
        ),
        ("campaign+contact+lead",), (("campaign",),), guessed=False,
    ),
    Entity(
        "opportunities", "opportunities", ("opportunities", "opportunity", "deals", "deal", "pipeline", "sales", "opps", "opp"),
        (
            _id("opportunity id|deal id|opportunityid|dealid|opp id|quote id|order id|opportunity number|deal number"),
            _f("name", "text", "opportunity name|deal name|dealname|opportunity|deal|name|deal title|title|subject|topic", 1.4),
            ACCOUNT, ACCOUNT_ID,
            _f("product", "ref", "product|product name|product id|item|solution|product code|primary product|product interest", 1.0, "products"),
            _f("lead", "ref", "lead|lead id|mql id|prospect id|original lead|source lead|lead number|converted lead", 0.8, "leads"),
            _f("stage", "stage", "stage|deal stage|dealstage|opportunity stage|stage name|stagename|sales stage|pipeline stage|status|deal status|opportunity status|phase", 2.0),
            _f("forecast_category", "forecast", "forecast category|forecast|forecastcategory|hs forecast category|hs manual forecast category|forecast category name", 1.2),
            _f("amount", "money", "amount|deal amount|close value|value|deal value|opportunity amount|acv|tcv|total value|contract value|expected revenue|opportunity value|deal size|total amount|annual contract value|won amount|betrag", 2.0),
            _f("list_amount", "money", "list amount|list value|gross amount|amount before discount|total list price", 1.0),
            _f("discount_rate", "rate", "discount|discount rate|discount percent|discount pct|rabatt", 0.8),
            _f("opened_on", "date", "engage date|created date|create date|createdate|created|created at|created on|open date|opened|opened on|start date|date opened|opportunity created|engagement date", 1.0),
            _f("close_on", "date", "close date|closedate|closing date|expected close date|expected close|closed date|estimated close date|target close date|close|date closed|abschlussdatum", 2.0),
            _f("won_at", "instant", "won date|won at|date won|closed won date|win date|signed date|contract signed", 1.8),
            _f("stage_since_at", "instant", "last stage change date|stage changed at|stage entered|stage since|stage date|date entered stage|last stage change|hs date entered current stage", 1.0),
            _f("outcome", "outcome", "outcome|result|won lost|won|is won|iswon|win loss|closed status", 1.2),
            _f("loss_reason", "text", "loss reason|lost reason|closed lost reason|reason lost|reason for loss|closed lost reason", 1.2),
            _f("competitor", "ref", "competitor|main competitor|primary competitor|competitors|lost to", 1.0, "competitors"),
            _f("contact", "ref", "contact|contact id|primary contact|contact name|primary contact id|associated contact", 0.6, "contacts"),
            OWNER, OWNER_ID,
            _f("next_step", "text", "next step|next steps|hs next step|next action|next activity", 1.2),
            _f("next_step_on", "date", "next step date|next activity date|next step on|follow up date", 0.8),
        ),
        ("name+account+account_id_text+product+lead+owner+opened_on+won_at",), (("stage", "won_at", "outcome", "close_on", "amount", "name"),),
    ),
    Entity(
        "stages", "opportunity_stages", ("history", "stages", "stagehistory", "transitions"),
        (
            _id("history id|change id|transition id|event id"),
            _f("opportunity", "ref", "opportunity|opportunity id|deal id|opportunityid|dealid|deal|opportunity name|deal name|opp id", 1.5, "opportunities"),
            _f("from_stage", "stage", "from stage|old stage|previous stage|old value|from|prior stage", 2.5),
            _f("to_stage", "stage", "to stage|new stage|stage|new value|to|stage name|deal stage", 1.6),
            _f("at", "instant", "changed at|change date|at|date|timestamp|entered at|edit date|last modified|modified date|entered on|created date|transition date|stage entered at|changed on", 1.2),
            _f("by", "ref", "changed by|edited by|user|by|owner|modified by|last modified by", 0.8, "people"),
            _f("amount", "money", "amount|value", 0.3),
        ),
        ("opportunity", "to_stage", "at"), (("opportunity",), ("to_stage",), ("at",)),
    ),
    Entity(
        "activities", "activities",
        ("activities", "activity", "tasks", "events", "calls", "emails", "meetings", "notes", "engagements", "interactions", "touches"),
        (
            _id("activity id|task id|event id|engagement id|activityid|call id|meeting id|note id|interaction id"),
            _f("at", "instant", "activity date|date|due date|start|start time|start date time|timestamp|hs timestamp|occurred at|created date|created at|sent at|call date|meeting date|date time|datetime|time|activitydate|when|at|on", 1.0),
            _f("kind", "activity", "type|activity type|kind|task type|engagement type|task subtype|event type|channel|interaction type|activity", 1.8),
            _f("direction", "direction", "direction|inbound outbound|call type|call direction|hs call direction|email direction", 1.2),
            _f("subject", "text", "subject|title|activity subject|task subject|summary|topic|meeting title", 1.4),
            _f("body", "long", "body|description|notes|note|comments|comment|text|content|call notes|meeting notes|email body|full comments|details|message", 1.4),
            ACCOUNT, ACCOUNT_ID,
            _f("contact", "ref", "contact|contact id|who|whoid|contact name|contact email|email|participant", 0.8, "contacts"),
            _f("opportunity", "ref", "opportunity|opportunity id|deal|deal id|what id|whatid|related to|regarding|opportunity name|deal name", 1.0, "opportunities"),
            _f("lead", "ref", "lead|lead id|mql id|prospect id", 0.6, "leads"),
            OWNER, OWNER_ID,
            _f("minutes_count", "count", "minutes|duration|duration minutes|duration in minutes|call duration|length", 1.2),
            _f("outcome", "text", "outcome|result|call result|call outcome|meeting outcome|status|disposition|task status", 0.8),
            _f("due_at", "instant", "due|due at|deadline", 0.6),
            _f("done_at", "instant", "completed|completed at|completed date|completion date|done|closed date", 0.8),
            _f("noted_at", "instant", "entered at|entered on|hs createdate|record created", 0.4),
        ),
        ("at+kind+subject+body+account+account_id_text+contact+opportunity+owner",), (("at",),),
    ),
)  # fmt: skip

ENTITIES: Final[dict[str, Entity]] = {entity.name: entity for entity in _ALL}
ORDER: Final = tuple(ENTITIES)
"""Order in which entities are merged, so that a reference's target stands before it."""

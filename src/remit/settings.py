"""Every setting of Remit, typed, with its default and meaning.

Order of precedence: environment (`REMIT_…`), then `remit.toml` in the current folder, then
`remit.toml` in REMIT_HOME, then the default. `remit settings` prints each value with where it came from.
"""

from __future__ import annotations

import os
import sys
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from remit.kit.addresses import is_web_address

PREFIX = "REMIT_"


def default_home() -> Path:
    """The platform's folder for the data of programs: of the system when root, else of the account."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Remit"
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/remit")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "remit"


class SettingsInvalid(Exception):
    """A setting cannot be used; the message names it, its source and what is accepted."""

    code = "settings_invalid"


def feeds_checked(addresses: str) -> str:
    """`addresses` when each is one that a feed can have. Raises ValueError with the first that is not."""
    for address in addresses.replace(",", " ").split():
        if not is_web_address(address):
            raise ValueError(
                f"{address[:80]} is no address of a feed: write it whole, as https://news.example/feed.xml"
            )
    return addresses


class Settings(BaseSettings):
    """The settings in force. Field names are the names in `remit.toml`; `REMIT_` + upper case in the environment."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    home: Path = Field(default_factory=default_home, description="folder with all state of this installation")
    host: str = Field("127.0.0.1", description="address the web server listens on")
    port: int = Field(8321, ge=0, le=65535, description="port the web server listens on; 0 takes a free one")
    web_base_url: str = Field(
        "",
        pattern=r"^(https?://[^/?#\s@]+)?$",
        description="address at which people reach the web server, such as https://remit.firm.example; empty: where it listens",
    )
    web_hosts: str = Field(
        "",
        description="further host names that the web server answers to, with commas between; others are refused",
    )
    oidc_issuer: str = Field(
        "",
        description="identity provider for single sign-on (OpenID Connect), named as it names itself; empty: none",
    )
    oidc_client_id: str = Field("", description="what Remit is called at that provider")
    oidc_client_secret: SecretStr | None = Field(None, description="secret that Remit has from it")
    oidc_name: str = Field(
        "single sign-on", max_length=60, description="what people call it, on the sign-in page"
    )
    oidc_scopes: str = Field("openid email profile", description="what the provider is asked for")
    oidc_groups_claim: str = Field(
        "groups", description="claim in which the provider names a person's groups"
    )
    oidc_trusts_email: bool = Field(
        False,
        description="whether every address it names counts as verified; only where nobody can set their own there",
    )
    oidc_ca_file: Path | None = Field(
        None, description="certificates to trust for the provider, beside the system's"
    )
    password_sign_in: Literal["everybody", "admins"] = Field(
        "everybody",
        description="who may use a password while single sign-on is set up; admins: only they, for when the provider is away",
    )
    database_url: SecretStr | None = Field(
        None,
        description="PostgreSQL server to use instead of the embedded one; a role that may create roles",
    )
    database_account: str | None = Field(
        None, description="account the embedded server runs as when Remit runs as root"
    )
    as_person: bool = Field(
        True,
        description="whether --as may say who acts at this machine's console; false where several people work, each by signing in",
    )
    pool_size: int = Field(5, ge=1, le=100, description="connections kept per role and process")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="least important log line shown"
    )
    log_format: Literal["text", "json"] = Field("text", description="shape of log lines on stderr")
    policy_dir: Path | None = Field(
        None, description="folder with the firm's policies (*.cedar and the schema) instead of ours"
    )
    audit_witness_file: Path | None = Field(
        None,
        description="file outside the database's reach that every signed head of the audit log is appended to",
    )
    audit_witness_url: str | None = Field(
        None, description="web address that every signed head of the audit log is posted to"
    )
    worker_slot: int | None = Field(
        None, ge=1, le=64, description="number of this worker; none takes the first that is free"
    )
    worker_concurrency: int = Field(4, ge=1, le=64, description="messages one worker delivers at a time")
    personal_facts_max: int = Field(
        1, ge=0, le=20, description="most facts about the reader as a person that one message may use"
    )
    outreach_floor: int = Field(
        50,
        ge=0,
        le=100,
        description="least score (0 to 100) of how specific a first message is to its reader",
    )
    review_catch_rate: float = Field(
        0.8,
        ge=0.5,
        le=0.99,
        description="share of seeded drafts that a reviewer has to catch, at its 95 % lower bound, to go on approving",
    )
    review_catch_least: int = Field(
        14, ge=5, le=200, description="answers to seeded drafts before a reviewer's share says anything"
    )
    review_reject_most: float = Field(
        0.6,
        ge=0.2,
        le=1,
        description="share of real e-mails that a reviewer may reject, at its 95 % lower bound, and go on approving: rejecting all catches all",
    )
    seeded_drafts_weekly: int = Field(
        2,
        ge=0,
        le=50,
        description="seeded drafts a week put before each person who approves or reviews; 0 puts none",
    )
    conduct_profiles: str = Field(
        "us_broker_dealer us_adviser uk_firm eu_firm",
        pattern=r"^\s*((us_broker_dealer|us_adviser|uk_firm|eu_firm)(\s+|$))*$",
        description="what our firm is, which decides the rules of conduct: us_broker_dealer us_adviser uk_firm eu_firm",
    )
    conduct_rules_file: Path | None = Field(
        None, description="rules of conduct of the firm; none means those that come with Remit"
    )
    mail_transport: Literal["capture", "smtp"] = Field(
        "capture", description="capture keeps messages in Remit, readable there; smtp sends them"
    )
    smtp_host: str = Field("", description="mail server that takes our messages")
    smtp_port: int = Field(587, ge=1, le=65535, description="port of the mail server")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="how the connection is protected; none is allowed to this machine only"
    )
    smtp_user: str = Field("", description="account at the mail server; empty means no sign-in")
    smtp_password: SecretStr | None = Field(None, description="password of that account")
    mail_ca_file: Path | None = Field(
        None, description="certificates to trust for mail servers, beside the system's"
    )
    mail_from_address: str = Field(
        "", description="address all messages are sent from; empty means each sender's own address"
    )
    mail_firm_name: str = Field("", description="name of the firm, shown under each message")
    mail_postal_address: str = Field(
        "", description="postal address of the firm, shown under each message; needed for transport smtp"
    )
    mail_reply_to: str = Field(
        "", description="mailbox that receives replies (name+token@…); empty means the sender's address"
    )
    mail_archive_address: str = Field(
        "", description="address that gets a blind copy of each message: the record, and the proof it left"
    )
    mail_unsubscribe_url: str = Field(
        "",
        pattern=r"^(https://.+)?$",
        description="https address of this installation's page /unsubscribe, for one-click unsubscribing; a token is added",
    )
    imap_host: str = Field("", description="server of the mailbox that receives replies; empty: none is read")
    imap_port: int = Field(993, ge=1, le=65535, description="port of that server")
    imap_security: Literal["tls", "starttls", "none"] = Field(
        "tls", description="how the connection is protected; none is allowed to this machine only"
    )
    imap_user: str = Field("", description="account of that mailbox")
    imap_password: SecretStr | None = Field(None, description="password of that account")
    imap_folder: str = Field("INBOX", description="folder that replies arrive in")
    imap_poll_seconds: int = Field(30, ge=1, le=3600, description="seconds between two looks at the mailbox")
    archive_imap_user: str = Field("", description="account of the archive mailbox on the same server")
    archive_imap_password: SecretStr | None = Field(None, description="password of that account")
    archive_imap_folder: str = Field("INBOX", description="folder of the archive mailbox")
    edgar_identity: str = Field(
        "",
        description="who asks EDGAR, as the SEC wants it: a name and an e-mail address; empty: it is not asked",
    )
    edgar_url: str = Field(
        "https://www.sec.gov",
        pattern=r"^https?://[^?#\s@]+$",
        description="address of EDGAR or of a mirror of it",
    )
    edgar_data_url: str = Field(
        "https://data.sec.gov",
        pattern=r"^https?://[^?#\s@]+$",
        description="address of EDGAR's index or of a mirror of it",
    )
    edgar_attempts: int = Field(5, ge=1, le=10, description="attempts at one request to EDGAR")
    edgar_wait_seconds: float = Field(
        2.0, ge=0, le=300, description="first wait after EDGAR refuses for now; it doubles each time"
    )
    feed_addresses: Annotated[str, AfterValidator(feeds_checked)] = Field(
        "",
        description="addresses of feeds that may be watched, with commas or blanks between; no others are read",
    )
    feed_private: bool = Field(False, description="whether those may be on this machine or a private network")
    gather_seconds: int = Field(
        3600,
        ge=60,
        le=7 * 86_400,
        description="seconds after which a watched source of documents is read again",
    )
    salesforce_url: str = Field(
        "",
        pattern=r"^(https?://[^/?#\s@]+)?$",
        description="address of the firm's Salesforce (its My Domain), such as https://firm.my.salesforce.com",
    )
    salesforce_client_id: str = Field("", description="consumer key of the app that Salesforce knows us by")
    salesforce_client_secret: SecretStr | None = Field(
        None, description="consumer secret of that app, for the client credentials flow"
    )
    salesforce_user: str = Field(
        "", description="user that we read Salesforce as, for the JWT bearer flow; needs the key below"
    )
    salesforce_key_file: Path | None = Field(
        None, description="private key (PEM) of the certificate that the app has, for the JWT bearer flow"
    )
    hubspot_client_id: str = Field("", description="client id of the app that HubSpot knows us by")
    hubspot_client_secret: SecretStr | None = Field(None, description="client secret of that app")
    hubspot_url: str = Field(
        "https://api.hubapi.com",
        pattern=r"^https?://[^/?#\s@]+$",
        description="address of HubSpot's interface",
    )
    hubspot_app_url: str = Field(
        "https://app.hubspot.com",
        pattern=r"^https?://[^/?#\s@]+$",
        description="address at which a person lets us into HubSpot",
    )
    crm_seconds: int = Field(
        300, ge=10, le=86_400, description="seconds between two looks for changes in a connected CRM"
    )
    crm_currency: str = Field(
        "USD", pattern=r"^[A-Z]{3}$", description="currency of amounts that a connected CRM gives without one"
    )
    model: str | None = Field(
        None,
        description="language model as provider:name (anthropic, openai or compatible); none means the embedded writer",
    )
    model_outreach: str | None = Field(
        None, description="model for outreach instead of that one; embedded keeps it to the embedded writer"
    )
    model_answer: str | None = Field(
        None,
        description="model for answers to messages instead of that one; embedded keeps them to the embedded writer",
    )
    model_follow_up: str | None = Field(
        None,
        description="model for follow-ups instead of that one; embedded keeps them to the embedded writer",
    )
    model_summary: str | None = Field(
        None,
        description="model for summaries instead of that one; embedded keeps them to the embedded writer",
    )
    model_brief: str | None = Field(
        None,
        description="model for briefs in short instead of that one; embedded keeps them to the records' own lines",
    )
    anthropic_api_key: SecretStr | None = Field(None, description="key for models of Anthropic")
    anthropic_base_url: str = Field(
        "https://api.anthropic.com", description="address of Anthropic's interface"
    )
    openai_api_key: SecretStr | None = Field(None, description="key for models of OpenAI")
    openai_base_url: str = Field("https://api.openai.com/v1", description="address of OpenAI's interface")
    compatible_api_key: SecretStr | None = Field(
        None, description="key for the server named below, if it wants one"
    )
    compatible_base_url: str = Field(
        "", description="address of another server that speaks OpenAI's interface, with its /v1"
    )
    compatible_is_own: bool = Field(
        False, description="that server belongs to the firm: data handling treats it as own_server"
    )
    model_proxy: SecretStr | None = Field(
        None, description="web proxy for calls to models; none means direct"
    )
    model_silence_seconds: float = Field(
        30, gt=0, le=600, description="longest silence of a model before the call counts as lost"
    )
    model_deadline_seconds: float = Field(
        60, gt=0, le=1800, description="longest time for one answer, all attempts and waits included"
    )
    model_attempts: int = Field(3, ge=1, le=10, description="attempts at one answer")
    model_output_tokens: int = Field(2000, ge=64, le=64_000, description="longest reply of a model")
    model_day_tokens: int = Field(
        300_000, ge=0, description="tokens a person may use in a day (UTC); 0 stops calls altogether"
    )
    model_day_usd: float = Field(
        10.0, ge=0, description="US dollars a person's calls may cost in a day (UTC)"
    )
    model_prices_file: Path | None = Field(None, description="the firm's own price table instead of ours")
    model_content_days: int = Field(
        1095, ge=1, description="days that prompts and replies are kept, encrypted, for supervision"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is the library's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only explicit arguments and the environment; `load` merges the files."""
        return (init_settings, env_settings)


@dataclass(frozen=True)
class Sourced:
    """One setting for display: `value` is masked when secret; `source` is default, env or a file."""

    name: str
    value: object
    source: str
    meaning: str


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsInvalid(f"{path} cannot be read: {error}") from error
    unknown = sorted(set(table) - set(Settings.model_fields))
    if unknown:
        raise SettingsInvalid(f"{path} names settings that do not exist: {', '.join(unknown)}")
    return table


def _from_environment(name: str) -> bool:
    return (PREFIX + name).upper() in {key.upper() for key in os.environ}


def _gather() -> tuple[dict[str, Any], dict[str, str]]:
    """Values from the files (those the environment does not set) and the source of every setting."""
    sources = {name: "env" for name in Settings.model_fields if _from_environment(name)}
    values: dict[str, Any] = {}
    here = Path("remit.toml").resolve()
    files = [here]
    home = os.environ.get(PREFIX + "HOME") or _read_toml(here).get("home") or default_home()
    files.append(Path(home).expanduser().resolve() / "remit.toml")
    for path in files:
        for name, value in _read_toml(path).items():
            if name not in sources:
                sources[name] = str(path)
                values[name] = value
    return values, sources


def _build(values: dict[str, Any], sources: dict[str, str]) -> Settings:
    try:
        built = Settings(**values)
    except ValidationError as invalid:
        lines = [
            f"{'.'.join(str(part) for part in error['loc'])} "
            f"({sources.get(str(error['loc'][0]), 'default')}): {error['msg']}"
            for error in invalid.errors(include_input=False)
        ]
        raise SettingsInvalid("settings cannot be used: " + "; ".join(lines)) from None
    return built.model_copy(update={"home": built.home.expanduser().resolve()})


@lru_cache(maxsize=1)
def load() -> Settings:
    """The settings of this process, read once. Raises SettingsInvalid."""
    return _build(*_gather())


def reload() -> Settings:
    """Forget the cached settings and read them again (tests, `remit up --port`)."""
    load.cache_clear()
    return load()


def listed() -> list[Sourced]:
    """Every setting with its value (secrets masked) and source, in declaration order."""
    values, sources = _gather()
    settings = _build(values, sources)
    rows = []
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value = "********"
        shown = str(value) if isinstance(value, Path) else value
        rows.append(Sourced(name, shown, sources.get(name, "default"), field.description or ""))
    return rows

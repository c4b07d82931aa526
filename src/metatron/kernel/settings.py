"""Settings from the environment (`METATRON_...`) and, for development, sensible defaults."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

RATE_LIMITS = {
    "enterprise": (1_000, 10_000),
    "pro": (500, 5_000),
    "basic": (100, 1_000),
    "free": (100, 1_000),
    "person": (600, 20_000),
    "public": (120, 3_000),
    "admin": (600, 20_000),
    "auth": (120, 3_000),
    "webhook": (1_200, 60_000),
}


TIER_LIMITS: dict[str, dict[str, int | None]] = {
    "free": {"calls_per_month": 100_000, "users": 10, "storage_gb": 1},
    "basic": {"calls_per_month": 1_000_000, "users": 100, "storage_gb": 20},
    "pro": {"calls_per_month": 5_000_000, "users": 10_000, "storage_gb": 200},
    "enterprise": {"calls_per_month": None, "users": None, "storage_gb": None},
}
CARD_LIMITS: dict[str, dict[str, float]] = {
    "response": {"amber": 200, "red": 500},
    "services": {"amber": 100, "red": 70},
    "memory": {"amber": 60, "red": 80},
    "cpu": {"amber": 60, "red": 80},
    "storage": {"amber": 70, "red": 85},
    "errors": {"amber": 5, "red": 10},
}
FALLING_CARDS = frozenset({"services"})
"""Of these less is worse: red lies below amber."""
_KNOWN: Mapping[str, Mapping[str, Any]] = {
    "rate_limits": RATE_LIMITS, "tier_limits": TIER_LIMITS, "card_limits": CARD_LIMITS,
}  # fmt: skip


def is_out_of_order(card: str, *, amber: float, red: float) -> bool:
    """Tell whether a card would turn red before it turns amber."""
    return red > amber if card in FALLING_CARDS else amber > red


def _demand_known(given: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    strange = sorted(given.keys() - known.keys())
    if strange:
        message = f"there is no {', '.join(strange)}, only {', '.join(known)}"
        raise ValueError(message)


class Settings(BaseSettings):
    """All that can be configured from outside. Secrets are `SecretStr` and never logged."""

    model_config = SettingsConfigDict(env_prefix="METATRON_", extra="ignore")

    environment: str = "development"
    data_dir: Path = Path(".data")
    public_url: str = "http://localhost:3000"
    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=1, le=65535)
    workers: int = Field(default=2, ge=1, le=64)
    web_dist: Path | None = None

    service: str = ""
    """Which of the services this process is, where they run apart; empty: all in one."""
    sharers: int = Field(default=0, ge=0)
    """Processes among which callers' limits are divided; 0: as many as workers."""
    auth_url: str = "http://127.0.0.1:3001"
    """Where the other services reach `auth`, which alone holds keys and credentials."""
    service_client_id: str = ""
    service_client_secret: SecretStr = SecretStr("")
    """With these a service buys its tokens of 60 seconds from `auth`."""

    database_url: SecretStr = SecretStr("")
    """DSN of role metatron_app: requests and jobs."""
    database_pooler: bool = False
    """`database_url` leads to a pooler in transaction mode (pgbouncer)."""
    database_system_url: SecretStr = SecretStr("")
    """DSN of role metatron_system: relay, scheduler, console, credential look-ups."""
    database_owner_url: SecretStr = SecretStr("")
    """DSN of role metatron_owner: migrations and new databases; needed only there."""
    database_backup_url: SecretStr | None = None
    """DSN of a role with REPLICATION: base backups and the archive of the log; none without it."""
    backups_dir: Path | None = None
    """Folder of the backups and of the archived log; `backups` in the data folder without it."""
    backups_kept: int = Field(default=7, ge=0, le=400)
    """Of how many days a backup is kept; 0 makes none by itself and archives nothing."""
    session_pool_size: int = 10
    direct_pool_size: int = 10
    dedicated_pool_budget: int = 200
    """Connections of one process to databases of dedicated tenants; docs/running.md counts them."""

    redis_url: SecretStr | None = None
    """Redis: events go over its streams as well, and limits of callers are counted there."""
    stream_length: int = Field(default=100_000, ge=1_000, le=10_000_000)
    """Entries kept of each module's stream."""
    stream_subscribers: Annotated[tuple[str, ...], NoDecode] = ()
    """Modules whose reactions follow the streams in their sequence, instead of the queue."""
    otlp_endpoint: str | None = None
    log_level: str = "INFO"

    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    request_seconds: float = 30.0
    body_seconds: float = 10.0
    max_body_bytes: int = 1_048_576

    @field_validator("cors_origins", "trusted_proxies", "stream_subscribers", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Read a comma-separated list, as the environment gives it."""
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    rate_limits: dict[str, tuple[int, int]] = RATE_LIMITS
    """Calls a minute and an hour: by tier for an application, else by class of route."""
    tier_limits: dict[str, dict[str, int | None]] = TIER_LIMITS
    """By tier, over the defaults: calls_per_month, users, storage_gb; None is without bound."""
    card_limits: dict[str, dict[str, float]] = CARD_LIMITS
    """By card of the console, over the defaults: where it turns amber and red."""

    @field_validator("rate_limits", "tier_limits", "card_limits")
    @classmethod
    def _known(cls, value: dict[str, Any], told: ValidationInfo) -> dict[str, Any]:
        """Refuse a name that nothing reads: what is misspelt would be no limit at all."""
        known = _KNOWN[str(told.field_name)]
        _demand_known(value, known)
        for name, limits in value.items():
            if isinstance(limits, dict):
                _demand_known(limits, known[name])
        return value

    @field_validator("card_limits")
    @classmethod
    def _in_order(cls, value: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
        """Refuse a card that would turn red before amber; what is left out is at its default."""
        for card, limits in value.items():
            whole = CARD_LIMITS[card] | limits
            if is_out_of_order(card, amber=whole["amber"], red=whole["red"]):
                message = f"{card} would turn red before amber: {whole}"
                raise ValueError(message)
        return value

    secret_keys: SecretStr = SecretStr("")
    """Comma-separated Fernet keys, newest first (MultiFernet)."""
    signing_key_dir: Path | None = None
    """Folder of the private RS256 keys; only the identity process is given it."""
    breached_passwords: Path | None = None
    """Sorted file of SHA-1 hashes of breached passwords, one a line; those are refused."""
    admin_key_hash: str | None = None
    """SHA-256 (hex) of the admin API key; without one the admin routes answer 503 to keys."""

    files_s3_bucket: str = Field(default="", pattern=r"^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$")
    """Bucket of an S3-like store that holds uploaded files; empty: the data folder holds them."""
    files_s3_endpoint: str = ""
    """The store's address without a path; empty: Amazon's own of the region."""
    files_s3_region: str = Field(default="us-east-1", pattern=r"^[a-z0-9-]{1,64}$")
    files_s3_prefix: str = Field(default="", pattern=r"^[A-Za-z0-9_./-]{0,200}$")
    """What the keys begin with, so that several installations can share a bucket."""
    files_s3_access_key: str = ""
    files_s3_secret: SecretStr = SecretStr("")
    files_s3_secret_file: Path | None = None
    """A file with the secret, instead of the secret itself."""
    files_s3_path_style: bool = False
    """Name the bucket in the path instead of in the host's name, as most stores inside want it."""

    @field_validator("files_s3_endpoint")
    @classmethod
    def _an_address(cls, value: str) -> str:
        """Refuse what is no address of a store; operators may name one inside, without TLS."""
        parts = urlsplit(value)
        is_bare = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
        if value and not (is_bare and parts.scheme in {"http", "https"} and parts.hostname):
            message = "give the store's address without a path"
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _whole_bucket(self) -> Self:
        """Refuse a bucket that nobody could open."""
        if not self.files_s3_bucket:
            return self
        file = self.files_s3_secret_file
        if file is not None and not os.access(file, os.R_OK):
            message = "METATRON_FILES_S3_SECRET_FILE names no file that can be read"
            raise ValueError(message)
        has_secret = file is not None or self.files_s3_secret.get_secret_value()
        if not self.files_s3_access_key or not has_secret:
            message = (
                "METATRON_FILES_S3_BUCKET needs METATRON_FILES_S3_ACCESS_KEY, and"
                " METATRON_FILES_S3_SECRET or METATRON_FILES_S3_SECRET_FILE"
            )
            raise ValueError(message)
        return self

    webhooks_to_private_addresses: bool = False
    """Let people's webhooks lead into private networks too, and over plain HTTP."""

    destinations_to_private_addresses: bool = False
    """Let destinations of results be in private networks too, and without TLS."""

    smtp_url: SecretStr | None = None
    mail_from: str = "Metatron <metatron@localhost>"
    mailbox_dir: Path | None = None
    """Folder of the local mail twin; set only while the twin is in use."""
    alert_mails_a_day: int = Field(default=200, ge=0, le=100_000)
    """Mails that the alerts of one organisation may send in a day (UTC)."""

    organisations_a_day: int = Field(default=20, ge=1, le=100_000)
    """How many one person may make within 24 hours of real time; operators as many as they like."""
    organisations_owned: int = Field(default=100, ge=1, le=100_000)
    """With how many owned a person makes no more."""

    payments_provider: str = "sandbox"
    payments_url: str = "http://127.0.0.1:3999"
    payments_secret: SecretStr = SecretStr("")
    payments_webhook_secrets: SecretStr = SecretStr("")
    """Comma-separated, newest first: two live secrets allow rotation."""

    amazon_client_id: str = ""
    """The client registered with Login with Amazon. Without one the local stand-in is used."""
    amazon_client_secret: SecretStr = SecretStr("")
    amazon_api_urls: dict[str, str] = {}
    """By region (na, eu, fe), where another address than Amazon's own is to be called; likewise
    the consent page and the token endpoint."""
    amazon_consent_urls: dict[str, str] = {}
    amazon_token_urls: dict[str, str] = {}
    amazon_stand_in_url: str = "http://127.0.0.1:3998"
    amazon_stand_in_secret: SecretStr = SecretStr("")

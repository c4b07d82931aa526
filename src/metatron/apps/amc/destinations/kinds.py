"""The kinds of destinations and the settings of each; secrets are kept apart from the rest."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, SecretStr, StrictBool, StrictInt, StringConstraints

from metatron.apps.amc.edge import Body, Storable

LONGEST_IDENTIFIER_BYTES = 63
"""PostgreSQL cuts longer names without a word."""


def _identifier(text: str) -> str:
    if any(ord(sign) < 32 for sign in text):
        raise ValueError("control characters are not allowed")
    if len(text.encode()) > LONGEST_IDENTIFIER_BYTES:
        raise ValueError(f"PostgreSQL keeps {LONGEST_IDENTIFIER_BYTES} bytes of a name")
    return text


def _not_system(text: str) -> str:
    if text.lower() == "information_schema" or text.lower().startswith("pg_"):
        raise ValueError("this schema is the server's own")
    return text


def _inside(text: str) -> str:
    parts = text.strip("/").split("/")
    if text and any(part in {"", ".", ".."} for part in parts):
        raise ValueError("name folders, one after the other, without . and ..")
    return text.strip("/")


Host = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$")
]
Identifier = Annotated[
    str, StringConstraints(min_length=1, max_length=63), Storable, AfterValidator(_identifier)
]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=1_000)]
Certificate = Annotated[str, StringConstraints(max_length=20_000), Storable]


class PostgresqlSettings(Body):
    """A table of a PostgreSQL server. `tls` off is for private networks alone."""

    place: ClassVar[tuple[str, ...]] = ("host", "port", "user", "tls", "ca_certificate")
    secret: ClassVar[str | None] = "password"  # noqa: S105 - the setting's name

    host: Host
    port: Annotated[StrictInt, Field(ge=1, le=65_535)] = 5432
    database: Identifier
    user: Identifier
    password: Secret | None = None
    tls: Literal["verify", "require", "off"] = "verify"
    ca_certificate: Certificate | None = None
    schema_name: Annotated[Identifier, AfterValidator(_not_system)] = "public"
    table_name: Identifier


class FolderSettings(Body):
    """A folder of its own below the installation's data; `folder` is one name in it."""

    place: ClassVar[tuple[str, ...]] = ()
    secret: ClassVar[str | None] = None

    folder: Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9_][A-Za-z0-9_. -]{0,99})?$")] = (
        ""
    )


class S3Settings(Body):
    """A bucket of an S3-like store; without an endpoint it is Amazon's."""

    place: ClassVar[tuple[str, ...]] = ("endpoint", "region", "bucket", "access_key_id")
    secret: ClassVar[str | None] = "secret_access_key"  # noqa: S105 - the setting's name

    endpoint: Annotated[str, StringConstraints(max_length=500), Storable] | None = None
    region: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")] = "us-east-1"
    bucket: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    prefix: Annotated[
        str, StringConstraints(pattern=r"^[A-Za-z0-9!_.*'()/ -]{0,500}$"), AfterValidator(_inside)
    ] = ""
    path_style: StrictBool = False
    access_key_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,128}$")]
    secret_access_key: Secret | None = None


AnySettings = PostgresqlSettings | FolderSettings | S3Settings
KINDS: dict[str, type[AnySettings]] = {
    "postgresql": PostgresqlSettings,
    "folder": FolderSettings,
    "s3": S3Settings,
}


def parted(settings: AnySettings) -> tuple[dict[str, Any], str | None]:
    """Return the settings as they are stored, and the secret that is sealed beside them."""
    plain = settings.model_dump(mode="json")
    secret: SecretStr | None = getattr(settings, settings.secret) if settings.secret else None
    plain.pop(settings.secret or "", None)
    return plain, secret.get_secret_value() if secret is not None else None

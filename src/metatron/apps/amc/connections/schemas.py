"""Bodies and answers of connections and instances."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool, StringConstraints, model_validator

from metatron.apps.amc.edge import Body, Line

Zone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+/-]{1,64}$")]
ColumnName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,62}$")]
Secret = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,2000}$")]


class ConnectBody(Body):
    """A new connection."""

    name: Line
    region: Literal["na", "eu", "fe"]


class CompleteBody(Body):
    """What Amazon gave the person's browser."""

    code: Secret = Field(repr=False)
    state: Secret = Field(repr=False)


class ExtraColumns(Body):
    """Names of the columns that AMC adds to a result, none where it shall not.

    `filtered` tells rows that lost values, `users` counts the people behind a row (to 2 or 100),
    `reason` says what was too few.
    """

    filtered: ColumnName | None = None
    users: ColumnName | None = None
    reason: ColumnName | None = None

    @model_validator(mode="after")
    def _differ(self) -> Self:
        names = [each.lower() for each in (self.filtered, self.users, self.reason) if each]
        if len(names) != len(set(names)):
            raise ValueError("give each column a name of its own")
        return self


class InstanceBody(Body):
    """What is to be changed; what is not named stays."""

    active: StrictBool | None = None
    time_zone: Zone | None = None
    brands: Annotated[list[Line], Field(max_length=200)] | None = None
    extra_columns: ExtraColumns | None = None
    is_sandbox: StrictBool | None = None

    def fields(self) -> dict[str, object]:
        """Return what was named."""
        return self.model_dump(exclude_none=True)


class ConnectionAnswer(BaseModel):
    """A connection; no token is in any answer.

    `expires_soon`: its access ends within minutes and could not be renewed the last time.
    """

    id: UUID
    name: str
    region: Literal["na", "eu", "fe"]
    state: Literal["connecting", "healthy", "broken", "disconnected"]
    state_reason: str | None
    is_twin: bool
    access_expires_at: datetime | None
    refreshed_at: datetime | None
    expires_soon: bool
    accounts: int
    instances: int
    connected_by: UUID | None
    created_at: datetime
    version: int


class StartedAnswer(ConnectionAnswer):
    """A connection and where its person signs in."""

    authorization_url: str


class AuthorizationAnswer(BaseModel):
    """Where the person signs in."""

    authorization_url: str


class AccountShown(BaseModel):
    """The AMC account of an instance; `country` is ISO 3166."""

    id: UUID
    amc_account_id: str
    name: str
    marketplace_id: str
    country: str | None


class ConnectionShown(BaseModel):
    """The connection of an instance."""

    id: UUID
    name: str
    state: str
    is_twin: bool


class ExtraColumnsShown(BaseModel):
    """The same as they are set."""

    filtered: str | None
    users: str | None
    reason: str | None


class InstanceAnswer(BaseModel):
    """An instance; `id` is ours, `amc_instance_id` Amazon's.

    `data_first_on` and `data_last_on` are the days it has data of: told by the local AMC only.
    `tables_missing` are those tables of AMC's that it did not list when it was asked last.
    `is_sandbox`: an AMC sandbox of Amazon's, which has made-up data, as whoever set it up says.
    """

    id: UUID
    amc_instance_id: str
    name: str
    status: str
    account: AccountShown
    connection: ConnectionShown
    advertiser_types: list[str]
    time_zone: str
    brands: list[str]
    extra_columns: ExtraColumnsShown
    is_sandbox: bool
    active: bool
    favourite: bool
    data_first_on: date | None
    data_last_on: date | None
    synced_at: datetime
    listed_at: datetime | None
    tables_listed: int | None
    tables_missing: list[str]
    gone_at: datetime | None
    version: int

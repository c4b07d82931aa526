"""Bodies and answers of connections and instances."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool, StringConstraints

from metatron.apps.amc.edge import Body, Line

Zone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+/-]{1,64}$")]
Secret = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,2000}$")]


class ConnectBody(Body):
    """A new connection."""

    name: Line
    region: Literal["na", "eu", "fe"]


class CompleteBody(Body):
    """What Amazon gave the person's browser."""

    code: Secret = Field(repr=False)
    state: Secret = Field(repr=False)


class InstanceBody(Body):
    """What is to be changed; what is not named stays."""

    active: StrictBool | None = None
    time_zone: Zone | None = None
    brands: Annotated[list[Line], Field(max_length=200)] | None = None

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


class InstanceAnswer(BaseModel):
    """An instance; `id` is ours, `amc_instance_id` Amazon's.

    `data_first_on` and `data_last_on` are the days it has data of: told by the local AMC only.
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
    active: bool
    favourite: bool
    data_first_on: date | None
    data_last_on: date | None
    synced_at: datetime
    gone_at: datetime | None
    version: int

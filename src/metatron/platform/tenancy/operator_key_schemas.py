"""What the routes of admin API keys take and answer."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from metatron.platform.tenancy.admin_schemas import GrantItem, Grants
from metatron.platform.tenancy.pages import Count
from metatron.platform.tenancy.schemas import Body


class NewAdminKey(Body):
    """A key to make: short, standard and long ones end within 30, 90 and 365 days."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    kind: Literal["short", "standard", "long"] = "standard"
    grants: Grants
    expires_at: AwareDatetime | None = None


class AdminKeyItem(BaseModel):
    """A key without its text."""

    id: UUID
    name: str
    prefix: str
    kind: str
    state: str
    grants: list[GrantItem]
    created_by: str | None
    created_at: datetime
    expires_at: datetime
    version: int


class AdminKeyPage(BaseModel):
    """A page of keys."""

    items: list[AdminKeyItem]
    next_cursor: str | None
    count: Count | None = None


class AdminKeyMade(BaseModel):
    """A new key's text, shown this once."""

    id: UUID
    prefix: str
    expires_at: datetime
    key: str

"""What organisation routes take and answer."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, EmailStr, Field

from metatron.platform.tenancy.pages import Count

Name = Annotated[str, Field(min_length=1, max_length=200)]
RoleIds = Annotated[list[UUID], Field(min_length=1, max_length=20)]
PermissionNames = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=200)]


class Body(BaseModel):
    """A request body; unknown members are refused."""

    model_config = ConfigDict(extra="forbid")


class NewOrganisation(Body):
    """An organisation to make."""

    name: Name
    slug: Annotated[str, Field(min_length=1, max_length=63)] | None = None
    is_sandbox: Annotated[
        bool,
        Field(
            description="A sandbox is for trying things: it has a clock that can be moved on "
            "(`POST /clock/advance`), and its money is simulated. It stays one. Refused "
            "(`sandbox_unavailable`) where the payment provider is a real one."
        ),
    ] = False


class OrganisationMade(BaseModel):
    """The new organisation."""

    id: UUID
    name: str
    slug: str


class Theme(Body):
    """A preset, or own colours as #rrggbb."""

    preset: str | None = None
    accent: str | None = None
    on_accent: str | None = None


class OrganisationChange(Body):
    """What to change; what is left out stays."""

    name: Name | None = None
    theme: Theme | None = None


class Organisation(BaseModel):
    """The signed-in person's organisation."""

    id: UUID
    name: str
    slug: str
    environment: str
    tier: str
    is_sandbox: bool
    theme: dict[str, str]
    theme_presets: dict[str, dict[str, str]]
    limits: dict[str, int | None]
    version: int


class RoleName(BaseModel):
    """A role by id and name."""

    id: UUID
    name: str


class MemberItem(BaseModel):
    """A member."""

    id: UUID
    user_id: UUID
    email: str | None
    display_name: str | None
    roles: list[RoleName]
    joined_at: datetime
    status: str
    version: int


class MemberPage(BaseModel):
    """A page of members."""

    items: list[MemberItem]
    next_cursor: str | None
    count: Count | None = None


class MemberChange(Body):
    """The roles a member shall have."""

    role_ids: RoleIds


class NewInvitation(Body):
    """Whom to invite, with which roles."""

    email: Annotated[EmailStr, Field(max_length=254)]
    role_ids: RoleIds


class InvitationItem(BaseModel):
    """An invitation; the token is in the mail only."""

    id: UUID
    email: str
    role_ids: list[UUID]
    state: str
    invited_by: UUID | None
    created_at: datetime
    expires_at: datetime


class InvitationPage(BaseModel):
    """A page of invitations."""

    items: list[InvitationItem]
    next_cursor: str | None
    count: Count | None = None


class RoleItem(BaseModel):
    """A role, built in or the organisation's own."""

    id: UUID
    name: str
    description: str
    is_system: bool
    permissions: list[str]
    version: int


class RolePage(BaseModel):
    """A page of roles: the built-in ones on the first."""

    items: list[RoleItem]
    next_cursor: str | None
    count: Count | None = None


class NewRole(Body):
    """A custom role to make."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    description: Annotated[str, Field(max_length=500)] = ""
    permissions: PermissionNames


class RoleChange(Body):
    """What to change; what is left out stays."""

    name: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    description: Annotated[str, Field(max_length=500)] | None = None
    permissions: PermissionNames | None = None


class PermissionItem(BaseModel):
    """A right and the module that declares it."""

    name: str
    description: str
    module: str


class PermissionList(BaseModel):
    """All rights there are."""

    items: list[PermissionItem]
    next_cursor: None = None


class NewApplication(Body):
    """An application to make."""

    name: Annotated[str, Field(min_length=1, max_length=100)]


class ApplicationItem(BaseModel):
    """An application."""

    id: UUID
    name: str
    state: str
    created_at: datetime
    version: int


class ApplicationPage(BaseModel):
    """A page of applications."""

    items: list[ApplicationItem]
    next_cursor: str | None
    count: Count | None = None


class NewApiKey(Body):
    """A key to make."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    application_id: UUID
    kind: Literal["standard", "short", "long"] = "standard"
    scopes: PermissionNames
    expires_at: datetime | None = None
    ip_allow_list: Annotated[list[Annotated[str, Field(max_length=50)]], Field(max_length=50)] = []


class ApiKeyItem(BaseModel):
    """A key without its secret."""

    id: UUID
    name: str
    prefix: str
    application_id: UUID
    kind: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    ip_allow_list: list[str]
    state: str
    replaced_by: UUID | None


class ApiKeyPage(BaseModel):
    """A page of keys."""

    items: list[ApiKeyItem]
    next_cursor: str | None
    count: Count | None = None


class ApiKeyMade(ApiKeyItem):
    """A key with its text, which is shown this once."""

    key: str


class Rotation(Body):
    """For how long the old key stays good beside its successor; 0 ends it at once."""

    overlap_seconds: Annotated[int, Field(ge=0, le=30 * 86_400)] = 86_400


class ModuleItem(BaseModel):
    """A module of the organisation."""

    name: str
    title: str
    is_optional: bool
    is_enabled: bool
    needs: list[str]
    needed_by: list[str]
    configuration: dict[str, Any]
    configuration_schema: dict[str, Any] | None
    settings_path: str | None
    """Where below the API the module's own settings are read and changed."""


class ModuleList(BaseModel):
    """All modules."""

    items: list[ModuleItem]
    next_cursor: None = None


class ModuleChange(Body):
    """Switch a module, or configure it."""

    is_enabled: bool | None = None
    configuration: dict[str, Any] | None = None


class Clock(BaseModel):
    """The organisation's time and how far its clock is ahead."""

    now: datetime
    offset_seconds: int


class ClockAdvance(Body):
    """By how much to move the clock forward."""

    seconds: Annotated[int, Field(ge=1, le=10 * 366 * 86_400)]

"""Mapped classes of what tenancy keeps; the SQL of the migration has the constraints."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import Mapped, mapped_column

from metatron.kernel.database.mapping import Model, TenantRow
from metatron.kernel.ids import new_id

_SCHEMA = {"schema": "tenancy"}


class ClientAccount(Model):
    """A business customer with a contract; global."""

    __tablename__ = "client_account"
    __table_args__ = _SCHEMA
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    contract_kind: Mapped[str | None]
    contract_value_minor: Mapped[int | None]
    contract_currency: Mapped[str | None]
    contract_starts_on: Mapped[date | None]
    contract_ends_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="active")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class Tenant(Model):
    """One application space; global, but an application session sees its own row only."""

    __tablename__ = "tenant"
    __table_args__ = _SCHEMA
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID | None]
    name: Mapped[str]
    slug: Mapped[str]
    state: Mapped[str] = mapped_column(default="active")
    state_before_move: Mapped[str | None]
    suspended_with_account: Mapped[bool] = mapped_column(default=False)
    suspended_reason: Mapped[str | None]
    maintenance_note: Mapped[str | None]
    founded_by: Mapped[UUID | None]
    placement: Mapped[str] = mapped_column(default="pooled")
    environment: Mapped[str] = mapped_column(default="production")
    app_kind: Mapped[str] = mapped_column(default="web")
    tier: Mapped[str] = mapped_column(default="free")
    subdomain: Mapped[str | None]
    custom_domain: Mapped[str | None]
    limits: Mapped[dict[str, Any]] = mapped_column(default=dict)
    theme: Mapped[dict[str, Any]] = mapped_column(default=lambda: {"preset": "gold"})
    is_sandbox: Mapped[bool] = mapped_column(default=False)
    clock_offset_seconds: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class Operator(Model):
    """A person who runs the platform; global."""

    __tablename__ = "operator"
    __table_args__ = _SCHEMA
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID | None]
    email: Mapped[str]
    display_name: Mapped[str]
    state: Mapped[str] = mapped_column(default="invited")
    link_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    link_expires_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class OperatorGrant(Model):
    """What an operator may do, and where; global."""

    __tablename__ = "operator_grant"
    __table_args__ = _SCHEMA
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    operator_id: Mapped[UUID]
    scope: Mapped[str]
    subject_ids: Mapped[list[UUID]] = mapped_column(ARRAY(PG_UUID(as_uuid=True)), default=list)
    resource: Mapped[str]
    action: Mapped[str]


class AdminKey(Model):
    """A key of a program that runs the platform; only its SHA-256 is kept; global."""

    __tablename__ = "admin_key"
    __table_args__ = _SCHEMA
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    prefix: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    kind: Mapped[str]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class AdminKeyGrant(Model):
    """What such a key may do, and where; global."""

    __tablename__ = "admin_key_grant"
    __table_args__ = _SCHEMA
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key_id: Mapped[UUID]
    scope: Mapped[str]
    subject_ids: Mapped[list[UUID]] = mapped_column(ARRAY(PG_UUID(as_uuid=True)), default=list)
    resource: Mapped[str]
    action: Mapped[str]


class Member(TenantRow, Model):
    """A person in an organisation."""

    __tablename__ = "member"
    __table_args__ = _SCHEMA
    user_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="active")
    joined_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    """When the person's data here was erased: their name is not shown any more."""
    version: Mapped[int] = mapped_column(default=1)


class Role(TenantRow, Model):
    """An organisation's own role."""

    __tablename__ = "role"
    __table_args__ = _SCHEMA
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    permissions: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class MemberRole(TenantRow, Model):
    """A role a member has: a built-in one by name, or one of the organisation's own."""

    __tablename__ = "member_role"
    __table_args__ = _SCHEMA
    member_id: Mapped[UUID]
    system_role: Mapped[str | None]
    custom_role_id: Mapped[UUID | None]


class Invitation(TenantRow, Model):
    """A request to join, bound to an e-mail address."""

    __tablename__ = "invitation"
    __table_args__ = _SCHEMA
    email: Mapped[str]
    role_ids: Mapped[list[UUID]] = mapped_column(ARRAY(PG_UUID(as_uuid=True)))
    token_digest: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(default="pending")
    invited_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_by: Mapped[UUID | None]
    accepted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class SecretDigest(Model):
    """Leads from a presented secret to its tenant; global, an application sees its own rows."""

    __tablename__ = "secret_digest"
    __table_args__ = _SCHEMA
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    kind: Mapped[str]
    tenant_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    address_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of the address an invitation waits for."""

    @classmethod
    def of(
        cls, kind: str, digest: bytes, row: TenantRow, *, address_digest: bytes | None = None
    ) -> "SecretDigest":
        """Point from a digest to the row it opens."""
        return cls(
            digest=digest,
            kind=kind,
            tenant_id=row.tenant_id,
            subject_id=row.id,
            address_digest=address_digest,
        )


class Application(TenantRow, Model):
    """A program of the organisation's; API keys belong to one."""

    __tablename__ = "application"
    __table_args__ = _SCHEMA
    name: Mapped[str]
    state: Mapped[str] = mapped_column(default="active")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class ApiKey(TenantRow, Model):
    """A key of an application; only its SHA-256 is kept."""

    __tablename__ = "api_key"
    __table_args__ = _SCHEMA
    application_id: Mapped[UUID]
    name: Mapped[str]
    prefix: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    kind: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    ip_allow_list: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    state: Mapped[str] = mapped_column(default="active")
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    replaced_by: Mapped[UUID | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class ModuleSwitch(Model):
    """Whether an optional module is on, and how it is configured."""

    __tablename__ = "module_switch"
    __table_args__ = _SCHEMA
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    module: Mapped[str] = mapped_column(primary_key=True)
    is_enabled: Mapped[bool]
    configuration: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)

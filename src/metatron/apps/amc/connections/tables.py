"""Mapped classes of connections, accounts and instances; constraints stand in the migrations."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text
from sqlalchemy.orm import Mapped, mapped_column

from metatron.kernel.database.mapping import Model, TenantRow

SCHEMA = {"schema": "amc"}
CONNECTING, HEALTHY, BROKEN, DISCONNECTED = "connecting", "healthy", "broken", "disconnected"


class Connection(Model, TenantRow):
    """A sign-in with Amazon; its tokens are sealed."""

    __tablename__ = "connection"
    __table_args__ = SCHEMA

    name: Mapped[str]
    region: Mapped[str]
    state: Mapped[str]
    state_reason: Mapped[str | None]
    sealed_refresh: Mapped[bytes | None]
    sealed_access: Mapped[bytes | None]
    access_expires_at: Mapped[datetime | None]
    refreshed_at: Mapped[datetime | None]
    is_twin: Mapped[bool]
    connected_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    token_number: Mapped[int] = mapped_column(default=0)
    refreshing_until: Mapped[datetime | None]
    refresh_failures: Mapped[int] = mapped_column(default=0)
    refresh_again_at: Mapped[datetime | None]
    broken_told_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class SignIn(Model, TenantRow):
    """A sign-in under way: good once, for one person, for a while."""

    __tablename__ = "sign_in"
    __table_args__ = SCHEMA

    connection_id: Mapped[UUID]
    user_id: Mapped[UUID]
    state_hash: Mapped[bytes]
    sealed_verifier: Mapped[bytes]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Account(Model, TenantRow):
    """An AMC account in a marketplace, as Amazon last listed it."""

    __tablename__ = "account"
    __table_args__ = SCHEMA

    connection_id: Mapped[UUID]
    amc_account_id: Mapped[str]
    marketplace_id: Mapped[str]
    name: Mapped[str]
    synced_at: Mapped[datetime]


class Instance(Model, TenantRow):
    """An AMC instance; `amc_instance_id` is Amazon's id, `id` is ours."""

    __tablename__ = "instance"
    __table_args__ = SCHEMA

    account_id: Mapped[UUID]
    connection_id: Mapped[UUID]
    amc_instance_id: Mapped[str]
    name: Mapped[str]
    status: Mapped[str]
    advertiser_types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    time_zone: Mapped[str] = mapped_column(default="UTC")
    brands: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    active: Mapped[bool] = mapped_column(default=True)
    data_first_on: Mapped[date | None]
    data_last_on: Mapped[date | None]
    synced_at: Mapped[datetime]
    listed: Mapped[dict[str, Any] | None]
    listed_at: Mapped[datetime | None]
    extra_columns: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_sandbox: Mapped[bool] = mapped_column(default=False)
    gone_at: Mapped[datetime | None]
    grants_version: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

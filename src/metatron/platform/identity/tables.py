"""Mapped classes of the schema `identity`. All are global: a person has many organisations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from metatron.kernel.database.mapping import Model
from metatron.kernel.ids import new_id

SCHEMA = {"schema": "identity"}


class UserAccount(Model):
    """A person. `email` is shown and written to, `email_key` (case-folded) is unique."""

    __tablename__ = "user_account"
    __table_args__ = SCHEMA

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str]
    email_key: Mapped[str]
    display_name: Mapped[str]
    email_verified_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="active")
    password_hash: Mapped[str | None]
    password_changed_at: Mapped[datetime | None]
    pending_organisation: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def is_verified(self) -> bool:
        """Tell whether the person has shown that the address is theirs."""
        return self.email_verified_at is not None


class LoginSession(Model):
    """A signed-in device. Its refresh tokens are one family."""

    __tablename__ = "session"
    __table_args__ = SCHEMA

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("identity.user_account.id"))
    tenant_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(default="active")
    mfa_pending: Mapped[bool] = mapped_column(default=False)
    method: Mapped[str]
    device: Mapped[str]
    ip: Mapped[str | None]
    impersonator_id: Mapped[UUID | None]
    impersonation_reason: Mapped[str | None]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime]
    absolute_expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class RefreshToken(Model):
    """One step of a session's rotation; only the hash is kept."""

    __tablename__ = "refresh_token"
    __table_args__ = SCHEMA

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("identity.session.id"))
    generation: Mapped[int]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class OneTimeToken(Model):
    """A link in a mail or a step of a sign-in: random, hashed, single use, short-lived."""

    __tablename__ = "one_time_token"
    __table_args__ = SCHEMA

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    kind: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.user_account.id"))
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.session.id"))
    email: Mapped[str | None]
    browser_hash: Mapped[bytes | None]
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    failures: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Totp(Model):
    """A person's authenticator app: the sealed secret and the last step that was used."""

    __tablename__ = "totp"
    __table_args__ = SCHEMA

    user_id: Mapped[UUID] = mapped_column(ForeignKey("identity.user_account.id"), primary_key=True)
    secret_sealed: Mapped[bytes]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class RecoveryCode(Model):
    """One of ten codes for the day the authenticator is lost."""

    __tablename__ = "recovery_code"
    __table_args__ = SCHEMA

    user_id: Mapped[UUID] = mapped_column(ForeignKey("identity.user_account.id"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


class Passkey(Model):
    """A WebAuthn credential."""

    __tablename__ = "passkey"
    __table_args__ = SCHEMA

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("identity.user_account.id"))
    credential_id: Mapped[bytes]
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    name: Mapped[str]
    transports: Mapped[list[Any]] = mapped_column(default=list)
    backed_up: Mapped[bool]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class PasskeyChallenge(Model):
    """A ceremony that has begun: five minutes, single use."""

    __tablename__ = "passkey_challenge"
    __table_args__ = SCHEMA

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.user_account.id"))
    challenge: Mapped[bytes]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ServiceClient(Model):
    """Another process of the platform that asks for service tokens."""

    __tablename__ = "service_client"
    __table_args__ = SCHEMA

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    secret_hash: Mapped[bytes]
    audiences: Mapped[list[Any]]
    scopes: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

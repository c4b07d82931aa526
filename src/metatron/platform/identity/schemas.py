"""What identity's routes answer."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from metatron.platform.identity.sign_in import METHODS, Outcome, SecondFactorOwed


class Accepted(BaseModel):
    """The request was taken; the mail says more."""

    status: Literal["check_your_mail"] = "check_your_mail"


class SignedIn(BaseModel):
    """A complete sign-in."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - RFC 6750's word
    expires_in: int
    return_to: str | None = None
    mfa_required: Literal[False] = False
    refresh_token: str | None = None
    """Only for a caller that sent its refresh token in the body."""


class MfaRequired(BaseModel):
    """The second factor is owed."""

    mfa_required: Literal[True] = True
    mfa_token: str
    methods: list[str]


SignIn = SignedIn | MfaRequired


class Verified(BaseModel):
    """The address is confirmed."""

    email_verified: Literal[True] = True
    email: str
    password_kept: bool
    sign_in: SignIn | None
    """In the browser that asked, for 15 minutes; None elsewhere, later, and if one is in."""


class Person(BaseModel):
    """The signed-in person."""

    id: UUID
    email: str
    display_name: str
    email_verified: bool
    has_password: bool
    mfa_enabled: bool


class Organisation(BaseModel):
    """The organisation the session is in."""

    id: UUID
    name: str
    slug: str
    environment: str
    tier: str
    is_sandbox: bool
    clock_offset_seconds: int
    modules: list[str]


class Membership(BaseModel):
    """An organisation the person belongs to."""

    tenant_id: UUID
    name: str
    slug: str
    roles: list[str]


class WaitingInvitation(BaseModel):
    """An invitation that was sent to the person's address."""

    id: UUID
    organisation_name: str
    expires_at: datetime


class WaitingInvitations(BaseModel):
    """All of them, newest first."""

    items: list[WaitingInvitation]


class Impersonator(BaseModel):
    """The operator who acts in the person's name."""

    id: UUID
    email: str
    reason: str
    expires_at: datetime


class Twin(BaseModel):
    """A local stand-in that is in use."""

    name: str
    label: str


class Me(BaseModel):
    """Who the caller is and what they may do."""

    user: Person
    tenant: Organisation | None
    memberships: list[Membership]
    permissions: list[str]
    is_operator: bool
    impersonator: Impersonator | None
    twins: list[Twin]


class Device(BaseModel):
    """A signed-in device."""

    model_config = ConfigDict(from_attributes=True)
    id: UUID
    device: str
    ip: str | None
    created_at: datetime
    last_used_at: datetime
    current: bool


class Devices(BaseModel):
    """All of them."""

    items: list[Device]


class AttendedDevice(BaseModel):
    """A device as an operator sees it; with `impersonator_id` an operator acts there."""

    model_config = ConfigDict(from_attributes=True)
    id: UUID
    tenant_id: UUID
    device: str
    ip: str | None
    method: str
    impersonator_id: UUID | None
    created_at: datetime
    last_used_at: datetime


class AttendedDevices(BaseModel):
    """All within the operator's scope."""

    items: list[AttendedDevice]
    next_cursor: None = None


class SecurityCount(BaseModel):
    """How often an event happened in the last 24 hours."""

    name: str
    count: int


class ProtectedOperator(BaseModel):
    """An operator in force and what stands behind their sign-in."""

    model_config = ConfigDict(from_attributes=True)
    user_id: UUID
    email: str
    display_name: str
    has_passkey: bool
    has_authenticator: bool


class Security(BaseModel):
    """What an operator looks at to see whether somebody is at the doors."""

    counts: list[SecurityCount]
    blocked_count: int
    """Accounts and addresses that may try nothing just now."""
    session_count: int
    impersonation_count: int
    operators: list[ProtectedOperator]


class TotpSecret(BaseModel):
    """What an authenticator app needs; shown once."""

    secret: str
    otpauth_uri: str


class RecoveryCodes(BaseModel):
    """Ten codes, shown once."""

    recovery_codes: list[str]


class Ceremony(BaseModel):
    """A challenge's id and the options for the browser."""

    challenge_id: UUID
    options: dict[str, Any]


class Confirmation(BaseModel):
    """Whether the session is fresh, else how its person can show that it is them."""

    model_config = ConfigDict(from_attributes=True)
    is_fresh: bool
    ways: list[Literal["passkey", "password", "mail"]]
    wants_code: bool
    """A password or a mailed code is not enough: the authenticator's code goes with it."""


class Passkey(BaseModel):
    """A registered passkey."""

    model_config = ConfigDict(from_attributes=True)
    id: UUID
    name: str
    backed_up: bool
    created_at: datetime
    last_used_at: datetime | None


class Passkeys(BaseModel):
    """All of them."""

    items: list[Passkey]


class ServiceToken(BaseModel):
    """A token for one other service, 60 seconds long."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - RFC 6750's word
    expires_in: int


class Introspection(BaseModel):
    """RFC 7662: only `active` for a token that does not hold, or is not the caller's to see."""

    active: bool
    sub: str | None = None
    aud: str | None = None
    iss: str | None = None
    exp: int | None = None
    iat: int | None = None
    jti: str | None = None
    tid: str | None = None
    sid: str | None = None
    token_type: str | None = None


def sign_in_answer(outcome: Outcome) -> SignIn:
    """Render the outcome of a sign-in."""
    if isinstance(outcome, SecondFactorOwed):
        return MfaRequired(mfa_token=outcome.mfa_token, methods=list(METHODS))
    return SignedIn(
        access_token=outcome.access_token,
        expires_in=outcome.expires_in,
        return_to=outcome.return_to,
    )

"""What identity's routes take and answer."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from metatron.platform.identity.sign_in import METHODS, Outcome, SecondFactorOwed

Email = Annotated[str, StringConstraints(min_length=3, max_length=254)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=512)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=2_048)]
Slug = Annotated[str, StringConstraints(min_length=1, max_length=63)]
Path = Annotated[str, StringConstraints(min_length=1, max_length=512)]


class Given(BaseModel):
    """A request body; unknown members are refused."""

    model_config = ConfigDict(extra="forbid")


class RegisterGiven(Given):
    """Registration."""

    email: Email
    display_name: Name
    password: Password | None = None
    organisation_name: Name | None = None


class LinkGiven(Given):
    """Ask for a sign-in link."""

    email: Email
    return_to: Path | None = None
    organisation: Slug | None = None


class TokenGiven(Given):
    """A token from a mail's link."""

    token: Secret


class LoginGiven(Given):
    """Address and password."""

    email: Email
    password: Password


class MfaGiven(Given):
    """The second step of a sign-in."""

    mfa_token: Secret
    code: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class RefreshGiven(Given):
    """A refresh token, when it is not in the cookie."""

    refresh_token: Secret | None = None


class SwitchGiven(Given):
    """The organisation to go to."""

    tenant_id: UUID


class EmailGiven(Given):
    """An address."""

    email: Email


class NewPasswordGiven(Given):
    """A password to set; the current one unless there is none."""

    current_password: Password | None = None
    new_password: Password


class ResetGiven(Given):
    """A token from the mail and the password to set."""

    token: Secret
    new_password: Password


class MeGiven(Given):
    """What a person changes of themselves."""

    display_name: Name


class CodeGiven(Given):
    """A code of the authenticator app."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=64)]


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
    password_kept: bool


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


class TotpSecret(BaseModel):
    """What an authenticator app needs; shown once."""

    secret: str
    otpauth_uri: str


class RecoveryCodes(BaseModel):
    """Ten codes, shown once."""

    recovery_codes: list[str]


def sign_in_answer(outcome: Outcome) -> SignIn:
    """Render the outcome of a sign-in."""
    if isinstance(outcome, SecondFactorOwed):
        return MfaRequired(mfa_token=outcome.mfa_token, methods=list(METHODS))
    return SignedIn(
        access_token=outcome.access_token,
        expires_in=outcome.expires_in,
        return_to=outcome.return_to,
    )

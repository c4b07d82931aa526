"""All that identity announces. Payloads hold ids only; personal data stays in its tables."""

from typing import ClassVar
from uuid import UUID

from metatron.kernel.events.event import Event


class UserEvent(Event):
    """An event whose aggregate is the person."""

    name: ClassVar[str] = ""


class UserRegistered(UserEvent):
    """An account was made."""

    name = "identity.user_registered.v1"
    method: str


class EmailVerified(UserEvent):
    """The person has shown that the address is theirs."""

    name = "identity.email_verified.v1"
    method: str


class UserUpdated(UserEvent):
    """The person changed their display name."""

    name = "identity.user_updated.v1"


class UserErased(UserEvent):
    """The account ended for good: address, name and ways to sign in are gone."""

    name = "identity.user_erased.v1"


class LinkRequested(UserEvent):
    """A link was mailed: `kind` is sign_in, verify_email, reset_password or confirm (a code)."""

    name = "identity.link_requested.v1"
    kind: str


class SignedIn(UserEvent):
    """A session began; `method` is password, magic_link, passkey or operator_link."""

    name = "identity.user_signed_in.v1"
    session_id: UUID
    method: str
    second_factor: str | None = None


class SignInConfirmed(UserEvent):
    """Its person showed again that a session is theirs; `method` is password, passkey or mail."""

    name = "identity.sign_in_confirmed.v1"
    session_id: UUID
    method: str
    second_factor: str | None = None


class SignInFailed(UserEvent):
    """A factor was wrong; the aggregate is nil when the account is unknown."""

    name = "identity.sign_in_failed.v1"
    factor: str


class SignedOut(UserEvent):
    """A session was ended by its own person."""

    name = "identity.user_signed_out.v1"
    session_id: UUID


class SessionRevoked(UserEvent):
    """A session was ended: `why` is asked, password_changed, mfa_changed, reuse..."""

    name = "identity.session_revoked.v1"
    session_id: UUID
    why: str


class RefreshReuseFound(UserEvent):
    """A used refresh token came again; its family is revoked."""

    name = "identity.refresh_reuse_found.v1"
    session_id: UUID


class OrganisationSwitched(UserEvent):
    """A session moved to another organisation."""

    name = "identity.organisation_switched.v1"
    session_id: UUID
    from_tenant_id: UUID
    to_tenant_id: UUID


class PasswordChanged(UserEvent):
    """The password was set, changed or reset."""

    name = "identity.password_changed.v1"
    how: str


class TotpEnabled(UserEvent):
    """An authenticator app was confirmed."""

    name = "identity.totp_enabled.v1"


class TotpRemoved(UserEvent):
    """The authenticator app was removed."""

    name = "identity.totp_removed.v1"


class RecoveryCodeUsed(UserEvent):
    """A recovery code was spent."""

    name = "identity.recovery_code_used.v1"
    codes_left: int


class PasskeyAdded(UserEvent):
    """A passkey was registered."""

    name = "identity.passkey_added.v1"
    passkey_id: UUID


class PasskeyRemoved(UserEvent):
    """A passkey was removed."""

    name = "identity.passkey_removed.v1"
    passkey_id: UUID


class PasskeyCloneSuspected(UserEvent):
    """A passkey's counter went backwards: there may be a copy."""

    name = "identity.passkey_clone_suspected.v1"
    passkey_id: UUID


class ImpersonationStarted(UserEvent):
    """An operator began to act for a person; actor and aggregate name both."""

    name = "identity.impersonation_started.v1"
    session_id: UUID
    operator_user_id: UUID
    tenant_of_session_id: UUID
    seconds: int


class KeyPublished(Event):
    """A new signing key was published; the aggregate is the platform."""

    name = "identity.key_published.v1"
    kid: str


class ServiceTokenIssued(Event):
    """A service received a token for another; the aggregate is the client."""

    name = "identity.service_token_issued.v1"
    audience: str


class ServiceClientCreated(Event):
    """A service was given an id and a secret."""

    name = "identity.service_client_created.v1"

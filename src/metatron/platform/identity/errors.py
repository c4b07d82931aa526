"""All that identity refuses."""

from metatron.kernel.errors import DomainError, TooManyRequests, Unauthenticated


class WrongCredentials(Unauthenticated):
    """Address or password is wrong; which of them is not said."""

    code = "wrong_credentials"
    title = "The address or the password is wrong"


class InvalidLink(DomainError):
    """The link's token is unknown, used or over."""

    status = 400
    code = "invalid_link"
    title = "This link does not work any more; ask for a new one"


class LinkOfOtherBrowser(DomainError):
    """A sign-in link opens only in the browser that asked for it."""

    status = 403
    code = "link_of_other_browser"
    title = "Open the link in the browser in which you asked for it, or ask for a new one here"


class WrongCode(Unauthenticated):
    """The second factor's code is wrong, used or over."""

    code = "wrong_code"
    title = "The code is wrong or was used already"


class InvalidMfaToken(Unauthenticated):
    """The first step of the sign-in is over."""

    code = "invalid_mfa_token"
    title = "Start the sign-in again"


class InvalidRefreshToken(Unauthenticated):
    """The refresh token is unknown or over, or its session has ended."""

    code = "invalid_refresh_token"
    title = "The session is over; sign in again"


class RefreshTokenReused(Unauthenticated):
    """A token that was used long ago came again: somebody holds a copy."""

    code = "refresh_token_reused"
    title = "The session was ended for your safety; sign in again"


class CsrfHeaderMissing(DomainError):
    """A cookie alone does not prove that the page asked."""

    status = 403
    code = "csrf_header_missing"
    title = "Send the header X-Metatron-CSRF: 1 from the page's own origin"


class TooManyAttempts(TooManyRequests):
    """Too many attempts for this account from this address."""

    code = "too_many_attempts"
    title = "Too many attempts; wait before the next"


class WeakPassword(DomainError):
    """The password is short, well known or made of the person's own name."""

    status = 422
    code = "weak_password"
    title = "Choose another password"


class WrongPassword(DomainError):
    """The current password is wrong."""

    status = 403
    code = "wrong_password"
    title = "The current password is wrong"


class FreshSignInNeeded(DomainError):
    """The session began too long ago for a change of how its person signs in."""

    status = 403
    code = "fresh_sign_in_needed"
    title = "Sign in again first"


class CannotImpersonate(DomainError):
    """Operators and the suspended cannot be impersonated."""

    status = 403
    code = "cannot_impersonate"
    title = "This person cannot be impersonated"


class MfaAlreadyOn(DomainError):
    """An authenticator is confirmed already."""

    code = "mfa_already_on"
    title = "Two-step sign-in is on already"


class MfaNotOn(DomainError):
    """There is no authenticator to confirm or to remove."""

    code = "mfa_not_on"
    title = "Two-step sign-in is not set up"


class PasskeyRefused(Unauthenticated):
    """The authenticator's answer does not hold."""

    code = "passkey_refused"
    title = "The passkey was not accepted"


class InvalidPasskey(DomainError):
    """The new passkey cannot be registered."""

    status = 422
    code = "invalid_passkey"
    title = "This passkey cannot be registered"


class AddressTaken(DomainError):
    """The address belongs to an account."""

    code = "address_taken"
    title = "This address belongs to an account"


class InvalidClient(Unauthenticated):
    """The service's id or secret is wrong."""

    code = "invalid_client"
    title = "The service's id or secret is wrong"


class AudienceNotAllowed(DomainError):
    """The service may not speak to that audience."""

    status = 403
    code = "audience_not_allowed"
    title = "This service may not call that one"

"""What the gate refuses beyond the kernel's refusals."""

from metatron.kernel.errors import DomainError, Unauthenticated


class EmailUnverified(DomainError):
    """The person has not confirmed the address yet."""

    status = 403
    code = "email_unverified"
    title = "Confirm your e-mail address first"


class SecondFactorMissing(DomainError):
    """The session still owes its second factor."""

    status = 403
    code = "mfa_required"
    title = "Finish the sign-in with your second factor"


class ModuleDisabled(DomainError):
    """The organisation has switched the module off."""

    status = 403
    code = "module_disabled"
    title = "This organisation does not use this module"


class AdminKeyNotConfigured(DomainError):
    """An admin key was sent, but this installation has none."""

    status = 503
    code = "admin_key_not_configured"
    title = "No admin API key is configured here"


class InvalidAdminKey(Unauthenticated):
    """The admin key is wrong."""

    code = "invalid_admin_key"
    title = "This admin API key is not valid"


class AddressNotAllowed(DomainError):
    """The API key may not be used from this address."""

    status = 403
    code = "address_not_allowed"
    title = "This API key may not be used from your address"

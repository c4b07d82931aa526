"""Typed refusals. Each carries an HTTP status and a stable code (RFC 9457)."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong input: its place (`body.units`), a stable code and a hint in plain words."""

    field: str
    code: str
    hint: str


class DomainError(Exception):
    """A refusal that callers can act on; subclasses set `status`, `code` and `title`."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "refused"
    title: ClassVar[str] = "The request was refused"

    def __init__(
        self,
        detail: str = "",
        *,
        errors: tuple[FieldError, ...] = (),
        extra: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Describe this one refusal; `extra` members go into the problem document."""
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = errors
        self.extra = extra or {}
        self.headers = headers or {}


class NotFound(DomainError):
    """The id is unknown, or belongs to another tenant: the answer is the same."""

    status = 404
    code = "not_found"
    title = "Nothing here under this id"


class InvalidInput(DomainError):
    """The input is well-formed but wrong; `errors` name the fields."""

    status = 422
    code = "invalid_input"
    title = "Some of the input is not valid"

    @classmethod
    def field(cls, field: str, code: str, hint: str) -> "InvalidInput":
        """Build the refusal of a single field."""
        return cls(hint, errors=(FieldError(field, code, hint),))


class Unauthenticated(DomainError):
    """No credential, or one that does not hold."""

    status = 401
    code = "unauthenticated"
    title = "Sign in first"


class PermissionDenied(DomainError):
    """The credential holds, the permission is missing."""

    status = 403
    code = "permission_denied"
    title = "Your role does not allow this"

    def __init__(self, permission: str) -> None:
        """Name the missing `permission` (`module:verb`)."""
        super().__init__(
            f"This needs the permission {permission}.", extra={"permission": permission}
        )


class ImpersonationForbidden(DomainError):
    """Who acts in another person's name may not touch what is that person's own.

    Their ways to sign in, for one, or which mails reach them.
    """

    status = 403
    code = "impersonation_forbidden"
    title = "This is not possible while acting for another person"


class TenantMismatch(DomainError):
    """The API key and the bearer token name different tenants."""

    status = 403
    code = "tenant_mismatch"
    title = "The credentials belong to different organisations"


class VersionConflict(DomainError):
    """Somebody changed the record since it was read."""

    status = 412
    code = "version_conflict"
    title = "The record has changed since you read it"


class PreconditionRequired(DomainError):
    """The route needs a header that is missing."""

    status = 400
    code = "precondition_required"
    title = "A required header is missing"


class IdempotencyKeyRequired(PreconditionRequired):
    """Money moves need an `Idempotency-Key` so that a repeat has one effect."""

    code = "idempotency_key_required"
    title = "This call needs an Idempotency-Key header"


class IdempotencyKeyReused(DomainError):
    """The same key came with another body."""

    status = 422
    code = "idempotency_key_reused"
    title = "This Idempotency-Key was used with another request"


class IdempotencyInFlight(DomainError):
    """The first request with this key has not answered yet."""

    status = 409
    code = "idempotency_in_flight"
    title = "The first request with this Idempotency-Key is still running"


class TooManyRequests(DomainError):
    """A limit was reached; `Retry-After` says when to come back."""

    status = 429
    code = "rate_limited"
    title = "Too many requests"


class Busy(DomainError):
    """The server is at a limit of its own and refuses rather than queue without end."""

    status = 503
    code = "busy"
    title = "The server is busy"

    def __init__(self, detail: str = "", *, retry_after_seconds: int = 2) -> None:
        """Say when to come back."""
        super().__init__(detail, headers={"Retry-After": str(retry_after_seconds)})


class DatabaseUnavailable(Busy):
    """PostgreSQL cannot be reached or gave up on the statement."""

    code = "database_unavailable"
    title = "The database cannot be reached just now"


class TenantMoving(Busy):
    """The tenant's rows are on their way to another database: reads go on, writes wait."""

    code = "tenant_moving"
    title = "This organisation is being moved; try again in a moment"


class TenantMigrating(Busy):
    """The tenant's database has not reached a schema that this process understands."""

    code = "tenant_migrating"
    title = "This organisation's database is being upgraded; try again in a moment"


class TenantMaintenance(Busy):
    """Operators have put the tenant under maintenance; the detail says why."""

    code = "tenant_maintenance"
    title = "This organisation is under maintenance; try again later"


class TenantInactive(DomainError):
    """The tenant is suspended or not ready."""

    status = 403
    code = "tenant_inactive"
    title = "This organisation is not active"


class NoTenant(AssertionError):
    """A statement was about to run without a tenant: our own bug."""

"""Every route declares who may call it and what it may refuse."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from starlette.requests import Request
from starlette.types import Scope

from metatron.kernel.context import Context
from metatron.kernel.errors import DomainError

Kind = Literal["public", "signed_in", "permission", "operator", "service"]
Idempotency = Literal["optional", "required", "ignored", "own"]
Endpoint = TypeVar("Endpoint", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Access:
    """A route's declaration.

    `permission` is `<module>:<verb>` for kinds permission, operator and service. `unverified`
    admits users whose e-mail address is not verified yet; `partial` admits a session that still
    owes its second factor. `max_body_bytes` and `rate_class` narrow the defaults. `tenantless`
    routes concern the person and not the organisation: they answer in whatever state the
    organisation is. `module` names the optional module a route belongs to; its manifest sets it.
    Idempotency
    `ignored` keeps answers that hold credentials out of the database; `own` needs a key and leaves
    it to the endpoint (as `Key`) to keep the answer with its effect.
    """

    kind: Kind
    permission: str | None = None
    raises: tuple[type[DomainError], ...] = ()
    idempotency: Idempotency = "optional"
    unverified: bool = False
    max_body_bytes: int | None = None
    rate_class: str = "default"
    tenantless: bool = False
    module: str | None = None
    audience: str | None = None
    """Of kind service: the service whose route it is, as the caller's token must name it."""


def limit_body(scope: Scope, access: Access) -> None:
    """Narrow the edge's limit of the body for a route that says so."""
    if access.max_body_bytes is not None:
        scope["state"]["max_body_bytes"] = access.max_body_bytes


@dataclass(slots=True)
class Asked:
    """A request as it came: `headers` has each name once, in lower case."""

    scope: Scope
    headers: dict[bytes, bytes]
    request_id: str


class Gate(Protocol):
    """Turns a request's credentials into a Context, or refuses; wired by `processes.py`."""

    def admit_at_once(self, asked: Asked, access: Access) -> Context | None:
        """Return who asks when that is known already; None leaves the request to `admit`."""
        ...

    async def admit(self, request: Request, access: Access) -> Context:
        """Return who asks; raise `Unauthenticated`, `PermissionDenied` and the like."""
        ...


def declare(access: Access) -> Callable[[Endpoint], Endpoint]:
    """Attach a declaration to an endpoint; goes below the router's decorator."""

    def attach(endpoint: Endpoint) -> Endpoint:
        endpoint.__access__ = access  # type: ignore[attr-defined]
        return endpoint

    return attach


def requires(
    permission: str,
    *,
    raises: tuple[type[DomainError], ...] = (),
    idempotency: Idempotency = "optional",
    rate_class: str = "default",
) -> Callable[[Endpoint], Endpoint]:
    """Declare a route for actors holding `permission` in the tenant."""
    return declare(Access("permission", permission, raises, idempotency, rate_class=rate_class))


def signed_in(
    *,
    raises: tuple[type[DomainError], ...] = (),
    idempotency: Idempotency = "optional",
    unverified: bool = False,
    max_body_bytes: int | None = None,
) -> Callable[[Endpoint], Endpoint]:
    """Declare a route for any signed-in person, about their own things."""
    return declare(
        Access(
            "signed_in",
            raises=raises,
            idempotency=idempotency,
            unverified=unverified,
            max_body_bytes=max_body_bytes,
        )
    )


def public(
    *,
    raises: tuple[type[DomainError], ...] = (),
    max_body_bytes: int | None = None,
    rate_class: str = "public",
) -> Callable[[Endpoint], Endpoint]:
    """Declare a route without credentials; it stands on the list the tests compare with."""
    return declare(
        Access("public", raises=raises, max_body_bytes=max_body_bytes, rate_class=rate_class)
    )


def operator(
    permission: str,
    *,
    raises: tuple[type[DomainError], ...] = (),
    idempotency: Idempotency = "optional",
) -> Callable[[Endpoint], Endpoint]:
    """Declare a route for the platform's operators or the admin API key."""
    return declare(Access("operator", permission, raises, idempotency, rate_class="admin"))

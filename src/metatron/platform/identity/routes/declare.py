"""Who may call identity's routes, declared in one line each.

Answers carry credentials, so none of them is kept for an Idempotency-Key. Bodies are small.
"""

from collections.abc import Callable

from metatron.kernel.errors import DomainError
from metatron.kernel.http.access import Access, Endpoint, declare

MOST_BYTES = 4_096
MOST_BYTES_OF_CEREMONY = 32_768


def anyone(
    *raises: type[DomainError], max_body_bytes: int = MOST_BYTES
) -> Callable[[Endpoint], Endpoint]:
    """Declare a route without credentials."""
    return declare(
        Access(
            "public",
            raises=raises,
            idempotency="ignored",
            max_body_bytes=max_body_bytes,
            rate_class="auth",
            tenantless=True,
        )
    )


def person(
    *raises: type[DomainError], unverified: bool = False, max_body_bytes: int = MOST_BYTES
) -> Callable[[Endpoint], Endpoint]:
    """Declare a route for a signed-in person, whatever the state of their organisation."""
    return declare(
        Access(
            "signed_in",
            raises=raises,
            idempotency="ignored",
            unverified=unverified,
            max_body_bytes=max_body_bytes,
            tenantless=True,
        )
    )

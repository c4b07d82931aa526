"""The public key set."""

from typing import Any

from metatron.kernel.clock import utc_now
from metatron.kernel.http.access import public
from metatron.kernel.http.routing import Router
from metatron.platform.identity.edge import AtDesk


class RootRouter(Router):
    """Routes that stand outside /api/v1."""

    at_root = True


router = RootRouter(tags=["auth"])


@router.get("/.well-known/jwks.json")
@public()
async def get_jwks(visit: AtDesk) -> dict[str, Any]:
    """Return the keys that verify our tokens, those of the next rotation included."""
    visit.response.headers["cache-control"] = "public, max-age=300"
    return visit.desk.issuer.ring.document(now=utc_now())

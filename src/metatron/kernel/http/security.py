"""Which credentials a route takes, as the OpenAPI document names them.

It follows from the route's `Access`, which is also what the gate decides by: nothing is listed here
by route.
"""

from typing import Any

from metatron.kernel.http.access import Kind

BEARER, API_KEY, ADMIN_KEY, SERVICE = "bearer", "api_key", "admin_key", "service"

SCHEMES: dict[str, dict[str, str]] = {
    BEARER: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A person's access token, of 15 minutes, from one of the sign-ins under"
        " `/auth`; `/auth/refresh` gives the next one.",
    },
    API_KEY: {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "A key of the organisation's (API keys in its menu), for its programs: it"
        " may do what its scopes say. Sent beside a bearer token it must be of the same"
        " organisation, and the token may then do what the key may.",
    },
    ADMIN_KEY: {
        "type": "apiKey",
        "in": "header",
        "name": "X-Admin-Key",
        "description": "The installation's own key, or one that an operator made, for programs that"
        " run the platform.",
    },
    SERVICE: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The token of another service of this installation, of 60 seconds.",
    },
}
_TAKEN: dict[Kind, tuple[str, ...]] = {
    "public": (),
    "signed_in": (BEARER,),
    "permission": (BEARER, API_KEY),
    "operator": (BEARER, ADMIN_KEY),
    "service": (SERVICE,),
}


def security(kind: Kind) -> list[dict[str, Any]]:
    """Return the credentials of which a route of this kind takes any; none for everybody's."""
    return [{scheme: []} for scheme in _TAKEN[kind]]

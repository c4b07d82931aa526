"""What a thousand tenants ask for: few of them much, most of them little (Zipf)."""

import bisect
import itertools
import random
from dataclasses import dataclass

from bench._crowd import Request, written
from bench.load._doors import Tenant
from metatron.kernel.ids import new_id

EXPONENT = 1.0


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of request: its share of all (per cent), and how it is made."""

    name: str
    share: int
    method: str
    path: str
    door: str
    body: str = ""


# Nine reads to a write; a quarter by API key. Applications are kept in the home database,
# campaigns, their history and the timeline where the tenant lives.
KINDS = (
    Kind("application by key (hot)", 15, "GET", "/api/v1/applications/{application}", "key"),
    Kind("applications by key (hot)", 10, "GET", "/api/v1/applications?limit=20", "key"),
    Kind("application (hot)", 15, "GET", "/api/v1/applications/{application}", "bearer"),
    Kind("campaigns", 20, "GET", "/api/v1/campaigns?limit=50", "bearer"),
    Kind("campaign", 15, "GET", "/api/v1/campaigns/{campaign}", "bearer"),
    Kind("members", 5, "GET", "/api/v1/members?sort=joined_at&limit=50&count=true", "bearer"),
    Kind("who am I", 5, "GET", "/api/v1/auth/me", "bearer"),
    Kind("timeline", 5, "GET", "/api/v1/events?aggregate_id={campaign}&limit=20", "bearer"),
    Kind("new application (hot)", 6, "POST", "/api/v1/applications", "bearer", "name"),
    Kind("new campaign", 4, "POST", "/api/v1/campaigns", "bearer", "title"),
)


class Mix:
    """Draws requests, the same ones for the same seed."""

    def __init__(self, host: str, tenants: list[Tenant], *, seed: int = 11) -> None:
        """Weigh the tenants: the n-th is asked 1/n as often as the first."""
        self._host, self._tenants = host, tenants
        self._random = random.Random(seed)
        weights = (1.0 / number**EXPONENT for number in range(1, len(tenants) + 1))
        self._tenant_weights = list(itertools.accumulate(weights))
        self._kind_weights = list(itertools.accumulate(kind.share for kind in KINDS))

    def draw(self) -> Request:
        """Return the next request."""
        kind = KINDS[self._draw(self._kind_weights)]
        tenant = self._tenants[self._draw(self._tenant_weights)]
        return Request(kind.name, self._written(kind, tenant), tenant.placement)

    def read(self, tenant: Tenant, token: str) -> Request:
        """Return one of the reads of a signed-in person."""
        kinds = [kind for kind in KINDS if kind.method == "GET" and kind.door == "bearer"]
        kind = self._random.choices(kinds, [kind.share for kind in kinds])[0]
        return Request(kind.name, self._written(kind, tenant, token), tenant.placement)

    def _draw(self, weights: list[float]) -> int:
        return bisect.bisect(weights, self._random.random() * weights[-1])

    def _written(self, kind: Kind, tenant: Tenant, token: str | None = None) -> bytes:
        path = kind.path
        if "{application}" in path:
            path = path.replace("{application}", self._random.choice(tenant.applications))
        if "{campaign}" in path:
            path = path.replace("{campaign}", self._random.choice(tenant.campaigns))
        if kind.door == "key":
            headers = {"X-API-Key": tenant.key}
        else:
            headers = {"Authorization": f"Bearer {token or self._random.choice(tenant.tokens)}"}
        body = f'{{"{kind.body}":"Bench {new_id()}"}}' if kind.body else ""
        return written(self._host, kind.method, path, headers, body)

"""Which service answers for which routes, where the modules run as separate processes.

All services are the same program with the same modules; what differs is which routes they answer,
which database role they have and which secrets they are given. `bin/up` runs none of this: there
one process answers for everything.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from metatron.kernel.module import Module

EVERYWHERE = "metatron.platform.health.routes:root_router"
"""Health and metrics, which each service answers for itself."""
ADMIN, AUTH, WORKER = "admin", "auth", "worker"


@dataclass(frozen=True, slots=True)
class Service:
    """One of the services.

    `without` names schemas its database role may not touch at all. Of identity's schema only
    `auth` has more than what is published.
    """

    name: str
    port: int
    without: tuple[str, ...] = ()

    @property
    def role(self) -> str:
        """The login role of requests and jobs; it sees the rows of one tenant at a time."""
        return f"metatron_{self.name}"

    @property
    def system_role(self) -> str:
        """The login role that stands in for metatron_system."""
        return f"metatron_{self.name}_system"

    @property
    def keeps_credentials(self) -> bool:
        """Tell whether it is the one with identity's tables and the private keys."""
        return self.name == AUTH


SERVICES = (
    Service("core", 3000),
    Service(AUTH, 3001, without=("amc", "campaigns")),
    Service(ADMIN, 3006),
    Service("campaigns", 3007, without=("amc",)),
    Service("amc", 3008, without=("campaigns",)),
    Service(WORKER, 3009),
)
"""3002 to 3005 are kept for billing, subscription, CRM and client."""
HTTP_SERVICES = tuple(service for service in SERVICES if service.name != WORKER)


def service(name: str) -> Service:
    """Return a service by its name; raises `KeyError` for one that there is not."""
    return {each.name: each for each in SERVICES}[name]


def home_of(module: "Module", router: Any) -> str | None:
    """Return the service that answers a module's router, None for every one of them.

    Routers named `admin_...` are the operators'; people's credentials stay with identity.
    """
    if router == EVERYWHERE:
        return None
    named = str(router).rpartition(":")[0].rpartition(".")[2]
    if named.startswith("admin_") and module.service != AUTH:
        return ADMIN
    return module.service


def serves(name: str, module: "Module", router: Any) -> bool:
    """Tell whether the service `name` answers a module's router."""
    return home_of(module, router) in {None, name}

"""Whether an organisation's state lets a request through."""

from starlette.requests import Request

from metatron.kernel.errors import TenantInactive, TenantMigrating, TenantMoving
from metatron.kernel.http.access import Access
from metatron.kernel.http.routing import UNSAFE
from metatron.platform.tenancy.interface import TenantFacts


def check_state(tenant: TenantFacts, request: Request, access: Access) -> None:
    """Refuse requests to an organisation that is not active; while it moves, reads go on.

    Raises:
        TenantInactive: suspended, not ready, failed.
        TenantMoving: a write while its rows are on their way.
        TenantMigrating: its database is behind.
    """
    if tenant.state == "active" or access.tenantless:
        return
    if tenant.state == "moving":
        if request.method in UNSAFE:
            raise TenantMoving(retry_after_seconds=5)
        return
    if tenant.state == "migrating":
        raise TenantMigrating(retry_after_seconds=5)
    if tenant.suspended_reason is None:
        raise TenantInactive
    raise TenantInactive(
        f"This organisation was suspended: {tenant.suspended_reason}",
        extra={"reason": tenant.suspended_reason},
    )

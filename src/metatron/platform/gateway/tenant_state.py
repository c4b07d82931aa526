"""Whether an organisation's state lets a request through."""

from starlette.requests import Request

from metatron.kernel.errors import (
    TenantInactive,
    TenantMaintenance,
    TenantMigrating,
    TenantMoving,
)
from metatron.kernel.http.access import Access
from metatron.kernel.http.routing import UNSAFE
from metatron.platform.tenancy.interface import TenantFacts

MAINTENANCE_SECONDS = 60


def check_state(
    tenant: TenantFacts, request: Request, access: Access, *, by_operator: bool = False
) -> None:
    """Refuse requests to an organisation that is not active; while it moves, reads go on.

    Under maintenance an operator in somebody's name is let in: to see whether it is over.

    Raises:
        TenantMaintenance: operators work on it.
        TenantInactive: suspended, not ready, failed, or a sandbox where payments are real.
        TenantMoving: a write while its rows are on their way.
        TenantMigrating: its database is behind.
    """
    if tenant.is_open or access.tenantless:
        return
    if tenant.is_left_over:
        raise TenantInactive("This is a sandbox. Payments are real here now, so it stays closed.")
    if tenant.state == "active":
        if not by_operator:
            detail = f"This organisation is under maintenance: {tenant.maintenance_note}"
            raise TenantMaintenance(detail, retry_after_seconds=MAINTENANCE_SECONDS)
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

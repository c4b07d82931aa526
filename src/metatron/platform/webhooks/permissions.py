"""What this module allows."""

from metatron.kernel.module import Permission

READ = "webhooks:read"
MANAGE = "webhooks:manage"

PERMISSIONS = (
    Permission(READ, "See the organisation's webhooks and what was sent to them"),
    Permission(MANAGE, "Add, change and remove webhooks, and send again"),
)
ROLE_GRANTS: dict[str, frozenset[str]] = {
    "administrator": frozenset({READ, MANAGE}),
    "auditor": frozenset({READ}),
}

"""What this module allows."""

from metatron.kernel.module import Permission

READ = "approvals:read"
DECIDE = "approvals:decide"
CONFIGURE = "approvals:configure"

PERMISSIONS = (
    Permission(READ, "See requests for approval, and withdraw one's own"),
    Permission(DECIDE, "Approve or reject what another person asked for"),
    Permission(CONFIGURE, "Say which actions need a second person"),
)
ROLE_GRANTS: dict[str, frozenset[str]] = {
    "administrator": frozenset({READ, DECIDE, CONFIGURE}),
    "finance": frozenset({READ, DECIDE}),
    "organiser": frozenset({READ}),
    "auditor": frozenset({READ}),
}
"""The action's own permission is asked for besides: deciding alone approves nothing."""

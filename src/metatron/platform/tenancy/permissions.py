"""All that tenancy allows inside an organisation."""

from metatron.kernel.module import Permission

PERMISSIONS = (
    Permission("tenancy:settings", "Change the organisation's name, theme and modules"),
    Permission("tenancy:members", "See the organisation's members and invitations"),
    Permission("tenancy:manage_members", "Invite, change and remove members"),
    Permission("tenancy:roles", "Make and change custom roles"),
    Permission("tenancy:api_keys", "See the organisation's applications and API keys"),
    Permission("tenancy:manage_api_keys", "Make, rotate and revoke API keys"),
    Permission("tenancy:clock", "Advance the clock of a sandbox organisation"),
)
_ALL = frozenset(permission.name for permission in PERMISSIONS)

ROLE_GRANTS: dict[str, frozenset[str]] = {
    "administrator": _ALL,
    "organiser": frozenset({"tenancy:members"}),
    "finance": frozenset({"tenancy:members"}),
    "auditor": frozenset({"tenancy:members", "tenancy:api_keys"}),
}

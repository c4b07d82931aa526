"""What this module allows; a copy or the erasure of one's own data needs no permission."""

from metatron.kernel.module import Permission

ERASE = "personal_data:erase"

PERMISSIONS = (
    Permission(ERASE, "See, and ask for, copies and the erasure of members' personal data"),
)
ROLE_GRANTS: dict[str, frozenset[str]] = {"administrator": frozenset({ERASE})}

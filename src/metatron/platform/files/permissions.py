"""What this module allows; the purpose of a file asks for its own permission besides."""

from metatron.kernel.module import Permission

READ = "files:read"
UPLOAD = "files:upload"

PERMISSIONS = (
    Permission(READ, "Open files that one has uploaded, or whose purpose one may read"),
    Permission(UPLOAD, "Upload files for the purposes that one may serve"),
)
_BOTH = frozenset({READ, UPLOAD})
ROLE_GRANTS: dict[str, frozenset[str]] = {
    "administrator": _BOTH,
    "organiser": _BOTH,
    "analyst": _BOTH,
    "finance": _BOTH,
    "supplier": _BOTH,
    "participant": _BOTH,
    "auditor": frozenset({READ}),
}

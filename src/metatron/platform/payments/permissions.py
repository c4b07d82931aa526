"""What this module allows."""

from metatron.kernel.module import Permission

READ = "payments:read"
IMPORT = "payments:import"
RESOLVE = "payments:resolve"

PERMISSIONS = (
    Permission(READ, "See payment instructions, statements and the differences between them"),
    Permission(IMPORT, "Upload a provider's statements"),
    Permission(RESOLVE, "Settle a difference between a statement and the books"),
)
ROLE_GRANTS = {
    "administrator": frozenset({READ}),
    "finance": frozenset({READ, IMPORT, RESOLVE}),
    "auditor": frozenset({READ}),
}

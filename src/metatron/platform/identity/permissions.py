"""What identity allows inside an organisation."""

from metatron.kernel.module import Permission

INTROSPECT = "identity:introspect"
PERMISSIONS = (Permission(INTROSPECT, "Ask whether an access token of the organisation holds"),)
ROLE_GRANTS = {"administrator": frozenset({INTROSPECT})}

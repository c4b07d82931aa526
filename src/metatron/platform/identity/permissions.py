"""What identity allows inside an organisation."""

from metatron.kernel.module import Permission

INTROSPECT = "identity:introspect"
KEEP_PEOPLE = "identity:keep_people"
"""A scope of our own services' tokens: no role carries it."""
PERMISSIONS = (Permission(INTROSPECT, "Ask whether an access token of the organisation holds"),)
ROLE_GRANTS = {"administrator": frozenset({INTROSPECT})}

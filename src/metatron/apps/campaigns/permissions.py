"""The rights this module knows, and what the system roles get of them."""

from metatron.apps.campaigns.machine.step import Actor
from metatron.kernel.module import Permission

READ = "campaigns:read"
ORGANISE = "campaigns:organise"
REVIEW = "campaigns:review"
SETTLE = "campaigns:settle"
BOOKS = "campaigns:books"
SUPPLY = "campaigns:supply"
COMMIT = "campaigns:commit"
CONFIGURE = "campaigns:configure"
CARE = "campaigns:care"

PERMISSIONS = (
    Permission(READ, "See campaigns, their commitments and issues"),
    Permission(ORGANISE, "Draft campaigns, submit them and carry them through delivery"),
    Permission(REVIEW, "Approve, send back, pause, resume and cancel campaigns"),
    Permission(SETTLE, "Decide issues and have refused refunds and payments instructed again"),
    Permission(BOOKS, "See the books of a campaign"),
    Permission(SUPPLY, "Answer for the campaigns one supplies and record deliveries"),
    Permission(COMMIT, "Commit to campaigns and see one's own commitments"),
    Permission(CARE, "Open, work on and close exceptions, with evidence"),
    Permission(CONFIGURE, "Change the rules' settings and halt new commitments"),
)

ROLE_GRANTS = {
    "administrator": frozenset({READ, ORGANISE, REVIEW, BOOKS, CONFIGURE, CARE}),
    "organiser": frozenset({READ, ORGANISE, BOOKS}),
    "finance": frozenset({READ, SETTLE, BOOKS, CARE}),
    "supplier": frozenset({SUPPLY}),
    "participant": frozenset({COMMIT}),
    "auditor": frozenset({READ, BOOKS}),
}

PERMISSION_OF_ACTOR: dict[Actor, str] = {
    "organiser": ORGANISE,
    "administrator": REVIEW,
    "finance": SETTLE,
    "supplier": SUPPLY,
    "participant": COMMIT,
}
"""Steps of the actors `system` and `provider` are nobody's to ask for."""

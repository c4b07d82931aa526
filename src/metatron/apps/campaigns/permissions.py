"""The rights this module knows, and what the system roles get of them."""

from metatron.apps.campaigns.machine.step import Actor
from metatron.kernel.module import Permission

READ = "campaigns:read"
ORGANISE = "campaigns:organise"
REVIEW = "campaigns:review"
REVIEW_RISK = "campaigns:review_risk"
REVIEW_OPERATIONS = "campaigns:review_operations"
REVIEW_MONEY = "campaigns:review_money"
SETTLE = "campaigns:settle"
BOOKS = "campaigns:books"
SUPPLY = "campaigns:supply"
COMMIT = "campaigns:commit"
CONFIGURE = "campaigns:configure"
CARE = "campaigns:care"

PERMISSIONS = (
    Permission(READ, "See campaigns, their commitments and issues"),
    Permission(ORGANISE, "Draft campaigns, submit them and carry them through delivery"),
    Permission(REVIEW, "Hold the gate of the review; pause, resume and cancel campaigns"),
    Permission(REVIEW_RISK, "Say as risk what one makes of a submitted campaign, and block it"),
    Permission(REVIEW_OPERATIONS, "Say as operations what one makes of it, and block it"),
    Permission(REVIEW_MONEY, "Say as money what one makes of it, and block it"),
    Permission(SETTLE, "Decide issues and have refused refunds and payments instructed again"),
    Permission(BOOKS, "See the books of a campaign"),
    Permission(SUPPLY, "Answer for the campaigns one supplies and record deliveries"),
    Permission(COMMIT, "Commit to campaigns and see one's own commitments"),
    Permission(CARE, "Open, work on and close exceptions, with evidence"),
    Permission(CONFIGURE, "Change the rules' settings and halt new commitments"),
)

REVIEW_RIGHTS = (REVIEW, REVIEW_RISK, REVIEW_OPERATIONS, REVIEW_MONEY)

ROLE_GRANTS = {
    "administrator": frozenset(
        {READ, ORGANISE, REVIEW, REVIEW_RISK, REVIEW_OPERATIONS, BOOKS, CONFIGURE, CARE}
    ),
    "organiser": frozenset({READ, ORGANISE, BOOKS}),
    "finance": frozenset({READ, REVIEW_MONEY, SETTLE, BOOKS, CARE}),
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

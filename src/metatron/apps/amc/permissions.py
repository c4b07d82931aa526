"""The rights this module knows, and what the system roles get of them."""

from metatron.kernel.module import Permission

READ = "amc:read"
RUN = "amc:run"
EDIT = "amc:edit"
MANAGE = "amc:manage"

PERMISSIONS = (
    Permission(READ, "See clients, workflows, runs and their results"),
    Permission(RUN, "Run queries, cancel runs and export results"),
    Permission(EDIT, "Write workflows, mappings, schedules and dashboards"),
    Permission(MANAGE, "Connect Amazon accounts and set up clients"),
)

ROLE_GRANTS = {
    "administrator": frozenset({READ, RUN, EDIT, MANAGE}),
    "organiser": frozenset({READ, RUN, EDIT}),
    "analyst": frozenset({READ, RUN, EDIT}),
    "auditor": frozenset({READ}),
}

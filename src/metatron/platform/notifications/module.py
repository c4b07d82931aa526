"""The manifest of notifications."""

from pathlib import Path

from metatron.kernel.events.jobs import Job
from metatron.kernel.module import Module, Retention, routers_in
from metatron.platform.notifications.delivery import PostOffice
from metatron.platform.notifications.interface import DELIVER, DELIVER_FIRST, DIGEST
from metatron.platform.notifications.jobs import digest
from metatron.platform.notifications.permissions import PERMISSIONS, READ
from metatron.platform.notifications.personal_data import PERSONAL_DATA

post_office = PostOffice()

MODULE = Module(
    name="notifications",
    title="Notifications",
    routers=routers_in("metatron.platform.notifications", "routes", "preference_routes"),
    jobs=(
        Job(DELIVER, post_office.deliver, transactional=False, most_attempts=15, waits=True),
        Job(
            DELIVER_FIRST,
            post_office.deliver,
            transactional=False,
            most_attempts=15,
            priority=10,
            waits=True,
        ),
        Job(DIGEST, digest),
    ),
    permissions=PERMISSIONS,
    role_grants={"administrator": frozenset({READ}), "auditor": frozenset({READ})},
    personal_data=PERSONAL_DATA,
    retention=(
        Retention("notifications.message"),
        Retention("notifications.message_body", 90, since="created_at"),
        Retention("notifications.delivery_attempt"),
        Retention("notifications.preference"),
    ),
    migrations=Path(__file__).parent / "migrations",
    startup=(post_office.open,),
)

"""The manifest of webhooks."""

from pathlib import Path

from metatron.kernel.database.resealing import Sealed
from metatron.kernel.events.jobs import Job, Tap
from metatron.kernel.module import Module, Retention, routers_in
from metatron.platform.webhooks.fan_out import FAN_OUT_JOB, SEND_JOB, fan_out, wanted
from metatron.platform.webhooks.noting import TELL_JOB
from metatron.platform.webhooks.permissions import PERMISSIONS, READ, ROLE_GRANTS
from metatron.platform.webhooks.personal_data import PERSONAL_DATA
from metatron.platform.webhooks.sending import send
from metatron.platform.webhooks.site import prepare
from metatron.platform.webhooks.telling import tell_of_switched_off

DAYS = 30
"""What was sent is kept in the log for so long, and can be sent again."""

MODULE = Module(
    name="webhooks",
    title="Webhooks",
    optional=True,
    needs=("notifications",),
    routers=routers_in("metatron.platform.webhooks", "routes"),
    jobs=(
        Job(FAN_OUT_JOB, fan_out),
        Job(SEND_JOB, send, transactional=False, waits=True),
        Job(TELL_JOB, tell_of_switched_off, transactional=False),
    ),
    tap=Tap(FAN_OUT_JOB, "webhooks.endpoint", wanted),
    personal_data=PERSONAL_DATA,
    permissions=PERMISSIONS,
    role_grants=ROLE_GRANTS,
    retention=(
        Retention("webhooks.endpoint"),
        Retention("webhooks.delivery", DAYS, since="created_at"),
        Retention("webhooks.attempt", DAYS, since="attempted_at"),
    ),
    migrations=Path(__file__).parent / "migrations",
    sealed=(Sealed("webhooks.endpoint", ("sealed_secret", "sealed_old_secret")),),
    watch=READ,
    startup=(prepare,),
)

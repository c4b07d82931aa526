"""Mails to those who keep webhooks, when one of them was switched off by itself."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.platform.notifications.interface import (
    MailTemplate,
    register_templates,
    send_mail,
)
from metatron.platform.tenancy.interface import members_allowed
from metatron.platform.webhooks.permissions import MANAGE
from metatron.platform.webhooks.site import site
from metatron.platform.webhooks.tables import Endpoint

MOST_TOLD = 20
SWITCHED_OFF = "webhooks.switched_off"
WHY = {
    "gone": "it answered 410 Gone, which says that nothing listens there any more",
    "failing": "nothing that was sent to it has arrived for three days",
    "left": "whoever set it last has left, or may not manage webhooks any more",
}
register_templates(
    MailTemplate(
        name=SWITCHED_OFF,
        version=1,
        subject="The webhook at {{ host }} is switched off",
        text=(
            "The webhook at {{ host }}{% if description %} ({{ description }}){% endif %} was "
            "switched off: {{ why }}. It is told of nothing that happens from now on.\n\n"
            "To use it again, open it, look at its log and switch it on. What was missed can be "
            "sent once more from the log, for thirty days:\n\n"
            "{{ link }}\n"
        ),
        keeps_text=True,
    )
)
# People live in the home database, wherever the organisation's own rows are.
_ADDRESSES = """
select id, email from identity.pub_user
where id = any($1::uuid[]) and state = 'active' and email_verified order by id
"""


async def tell_of_switched_off(
    database: Database, context: Context, *, endpoint_id: str, now: datetime
) -> None:
    """Mail those who may manage webhooks, unless that was done or it is on again."""
    allowed = await members_allowed(database, context.tenant_id, frozenset({MANAGE}))
    people = await database.system.fetch(_ADDRESSES, allowed[:MOST_TOLD])
    async with database.transaction(context) as session:
        key = context.tenant_id, UUID(endpoint_id)
        endpoint = await session.get(Endpoint, key, with_for_update=True)
        if endpoint is None or endpoint.off_reason is None or endpoint.told_at is not None:
            return
        endpoint.told_at = now
        # The address itself may carry a secret.
        told = {
            "host": urlsplit(endpoint.url).hostname or "",
            "description": endpoint.description,
            "why": WHY[endpoint.off_reason],
            "link": f"{site().public_url}/settings/webhooks/{endpoint.id}",
        }
        for person in people:
            await send_mail(
                session, context, to=person["email"], template=SWITCHED_OFF, variables=told,
                now=now, recipient_id=person["id"],
            )  # fmt: skip

"""Telling those who may approve that somebody waits for them: once, by mail."""

from datetime import datetime
from typing import Any
from uuid import UUID

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.money import minor_digits
from metatron.platform.approvals.actions import action_named
from metatron.platform.approvals.people import people_needed
from metatron.platform.approvals.permissions import DECIDE
from metatron.platform.approvals.rows import load
from metatron.platform.approvals.tables import OPEN, ApprovalRow
from metatron.platform.notifications.interface import (
    MailTemplate,
    register_templates,
    send_mail,
)
from metatron.platform.tenancy.interface import members_allowed

MOST_TOLD = 100
REQUESTED = "approvals.requested"
register_templates(
    MailTemplate(
        name=REQUESTED,
        version=2,
        subject="Your approval is asked for: {{ summary }}",
        text=(
            "{% if two %}The rules of your organisation ask for an action that two people have "
            "to approve.{% else %}Somebody in your organisation asks for an action that needs a "
            "second person.{% endif %}\n\n"
            "{{ summary }}\n"
            "{% if amount %}Amount: {{ amount }}\n{% endif %}"
            "{% if effect %}Effect: {{ effect }}\n{% endif %}"
            "{% if reason %}Reason given: {{ reason }}\n{% endif %}"
            "\nDecide before {{ expires_at }}, or the request ends by itself:\n{{ link }}\n\n"
            "{% if two %}Nothing happens until two different people have approved it, neither "
            "of them a party to it.{% else %}Nothing happens until somebody other than the "
            "person who asked approves it.{% endif %}\n"
        ),
        keeps_text=True,
    )
)
_ADDRESSES = """
select id, email from identity.pub_user
where id = any($1::uuid[]) and state = 'active' and email_verified order by id limit $2
"""


class Herald:
    """Knows the page's address; `open` is called with the settings when the process starts."""

    def __init__(self) -> None:
        """Begin without an address."""
        self._public_url = ""

    def open(self, runtime: Any) -> None:
        """Take the settings of the process (a module start-up hook)."""
        self._public_url = runtime.settings.public_url.rstrip("/")

    async def tell_approvers(
        self, database: Database, context: Context, *, approval_id: str, now: datetime
    ) -> None:
        """Mail everybody who may approve the request, unless that was done; bears repetition."""
        async with database.transaction(context) as session:
            row = await load(session, context, UUID(approval_id))
            action = action_named(row.action)
            kept_out = {*row.requester_ids, *row.party_ids}
        if action is None:
            return
        # Members and people live in the home database, wherever the request's row is.
        needed = frozenset({DECIDE, action.approve_permission})
        allowed = await members_allowed(database, context.tenant_id, needed)
        wanted = [user_id for user_id in allowed if user_id not in kept_out]
        people = await database.system.fetch(_ADDRESSES, wanted, MOST_TOLD)
        async with database.transaction(context) as session:
            row = await load(session, context, UUID(approval_id))
            if row.told_at is not None or row.state != OPEN:
                return
            row.told_at = now
            known = {"currency": row.currency, **row.payload}
            effect = action.describe(known) if action.describe else ""
            for person in people:
                await send_mail(
                    session,
                    context,
                    to=person["email"],
                    template=REQUESTED,
                    variables=self._places(row, effect),
                    now=now,
                    recipient_id=person["id"],
                )

    def _places(self, row: ApprovalRow, effect: str) -> dict[str, str]:
        return {
            "two": "two" if people_needed(row.requested_by_kind) > 1 else "",
            "summary": row.summary,
            "amount": _money(row.amount_minor, row.currency),
            "effect": effect,
            "reason": row.reason,
            "expires_at": row.expires_at.strftime("%Y-%m-%d %H:%M UTC"),
            "link": f"{self._public_url}/approvals/{row.id}",
        }


def _money(amount_minor: int | None, currency: str | None) -> str:
    if amount_minor is None or currency is None:
        return ""
    digits = minor_digits(currency)
    whole, part = divmod(amount_minor, 10**digits)
    return f"{whole}.{part:0{digits}d} {currency}" if digits else f"{whole} {currency}"


herald = Herald()

"""Who a supplier is, said by somebody of finance; releases wait for it where it is asked for."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import SamePersonReview
from metatron.apps.campaigns.events import SupplierVerificationStated
from metatron.apps.campaigns.money.coverage import RELEASE_JOB
from metatron.apps.campaigns.permissions import SETTLE
from metatron.apps.campaigns.rules.features import demand_feature
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.rules.verification_table import SupplierVerdict, SupplierVerification
from metatron.apps.campaigns.supply.errors import SupplierNotFound
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue_all
from metatron.kernel.ids import new_id
from metatron.platform.approvals.interface import is_another_person


async def state_verification(
    session: AsyncSession,
    context: Context,
    *,
    supplier_id: UUID,
    verdict: SupplierVerdict,
    basis: str,
    valid_until: date | None = None,
    now: datetime,
) -> SupplierVerification:
    """Say what one found out about a supplier; the newest word stands, none is ever changed.

    Releases that waited for it go on at once. One that is under way is not called back: what the
    provider was told stays told.

    Raises:
        FeatureSwitchedOff: the organisation does not ask for it.
        SupplierNotFound: no campaign names this supplier.
        SamePersonReview: nobody verifies themselves.
        InvalidInput: the last valid day is over.
    """
    context.demand(SETTLE)
    demand_feature(await read_settings(session, context), "supplier_verification")
    mine = (Campaign.tenant_id == context.tenant_id, Campaign.supplier_id == supplier_id)
    if (await session.scalars(select(Campaign.id).where(*mine).limit(1))).first() is None:
        raise SupplierNotFound
    if not await is_another_person(session, context, supplier_id):
        raise SamePersonReview("Nobody verifies their own identity.")
    if valid_until is not None and valid_until < now.date():
        hint = "Name a day that is not over."
        raise InvalidInput.field("body.valid_until", "in_the_past", hint)
    word = SupplierVerification(
        tenant_id=context.tenant_id, id=new_id(), supplier_id=supplier_id, verdict=verdict,
        basis=basis, valid_until=valid_until, stated_by=context.actor_id, stated_at=now,
    )  # fmt: skip
    session.add(word)
    await session.flush()
    event = SupplierVerificationStated(
        aggregate_id=supplier_id, verdict=verdict, valid_until=valid_until
    )
    await publish(session, context, event, now=now)
    if verdict == "verified":
        inspected = select(Campaign.id).where(*mine, Campaign.state == "inspecting")
        waiting = [{"campaign_id": each} for each in await session.scalars(inspected)]
        await enqueue_all(session, context, RELEASE_JOB, waiting)
    return word

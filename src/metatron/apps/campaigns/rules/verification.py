"""Whether a supplier may be paid: where the organisation asks for it, only once it is verified."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import SupplierNotVerified
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.rules.verification_table import SupplierVerification
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context

type VerificationState = Literal["unverified", "verified", "refused", "expired"]
NOT_VERIFIED = (
    "The supplier's identity is not verified; a release waits for that. Finance says who it is "
    "under Payments to suppliers."
)


async def newest_word(
    session: AsyncSession, context: Context, supplier_id: UUID
) -> SupplierVerification | None:
    """Return what was said last of a supplier."""
    query = (
        select(SupplierVerification)
        .where(
            SupplierVerification.tenant_id == context.tenant_id,
            SupplierVerification.supplier_id == supplier_id,
        )
        .order_by(SupplierVerification.stated_at.desc(), SupplierVerification.id.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


def state_of(word: SupplierVerification | None, now: datetime) -> VerificationState:
    """Return where a supplier stands at `now`, the last valid day included."""
    if word is None:
        return "unverified"
    if word.verdict == "verified" and word.valid_until and word.valid_until < now.date():
        return "expired"
    return word.verdict


async def may_be_paid(
    session: AsyncSession, context: Context, campaign: Campaign, *, now: datetime
) -> bool:
    """Tell whether a release may go to the campaign's supplier."""
    settings = await read_settings(session, context)
    if not settings.supplier_verification or campaign.supplier_id is None:
        return True
    word = await newest_word(session, context, campaign.supplier_id)
    return state_of(word, now) == "verified"


async def demand_payable(
    session: AsyncSession, context: Context, campaign: Campaign, *, now: datetime
) -> None:
    """Refuse a release to a supplier who is not verified, where that is asked for.

    Raises:
        SupplierNotVerified: nobody has said so, it has expired, or it was refused.
    """
    if not await may_be_paid(session, context, campaign, now=now):
        raise SupplierNotVerified(NOT_VERIFIED)

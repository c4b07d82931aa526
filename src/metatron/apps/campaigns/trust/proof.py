"""The proof that a member takes along: their commitment's events in the sealed log."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import CommitmentNotFound
from metatron.apps.campaigns.permissions import COMMIT
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context
from metatron.platform.audit.interface import proofs_of, published_keys


async def proof_of_commitment(
    session: AsyncSession, context: Context, *, commitment_id: UUID, data_dir: Path, now: datetime
) -> dict[str, Any]:
    """Return what proves one's own commitment offline: its events, their seals, the public keys.

    `examples/verify_commitment.py` checks it without this system. The newest events are without
    a seal until the next checkpoint, which is signed every minute.

    Raises:
        CommitmentNotFound: none of this person's.
    """
    context.demand(COMMIT)
    commitment = await session.get(Commitment, (context.tenant_id, commitment_id))
    if commitment is None or commitment.member_id != context.actor_id:
        raise CommitmentNotFound
    campaign = await session.get(Campaign, (context.tenant_id, commitment.campaign_id))
    assert campaign is not None
    events = proofs_of(session, context, aggregate_ids=[commitment.id])
    return {
        "format": "metatron-commitment-proof/1",
        "commitment": {
            "id": commitment.id,
            "reference": commitment.reference,
            "campaign_id": campaign.id,
            "campaign_reference": campaign.reference,
            "terms_version": campaign.terms_version,
            "terms_hash": campaign.terms_hash,
            "state": commitment.state,
            "units": commitment.units,
            "amount_minor": commitment.amount_minor,
            "currency": commitment.currency,
        },
        "made_at": now,
        "public_keys": {key.key_id: key.public.hex() for key in published_keys(data_dir)},
        "events": [each async for each in events],
    }

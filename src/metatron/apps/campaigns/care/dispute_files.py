"""Files that speak against a card dispute: kept until it is decided and after, told by their hash.

Who looks after campaigns opens them. The provider is told each file's name and SHA-256 with the
evidence in words, so that a file sent to it or to the bank later is known to be the same.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.care.dispute_evidence import demand_open, lock_dispute
from metatron.apps.campaigns.care.errors import DisputeFileGiven
from metatron.apps.campaigns.care.tables import DisputeFile
from metatron.apps.campaigns.events import DisputeFileAdded
from metatron.apps.campaigns.permissions import READ, SETTLE
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.files import interface as files

PURPOSE = "dispute_evidence"
files.register_purpose(
    files.FilePurpose(
        PURPOSE,
        ("image/jpeg", "image/png", "image/webp", "application/pdf"),
        20 * 1_048_576,
        READ,
        upload_permission=SETTLE,
    )
)


async def add_dispute_file(
    session: AsyncSession,
    context: Context,
    *,
    dispute_id: UUID,
    file_id: UUID,
    note: str | None,
    now: datetime,
) -> DisputeFile:
    """Keep an uploaded file as evidence against an open dispute, before it is handed in.

    Raises:
        DisputeNotFound: no such dispute.
        EvidenceNotPossible: it is decided, its time is over, or evidence was handed in.
        DisputeFileGiven: the same content was given for it before.
        FileNotFound, InvalidInput: no such file of this person, or one for something else.
    """
    context.demand(SETTLE)
    dispute = await lock_dispute(session, context, dispute_id)
    demand_open(dispute, now)
    facts = await files.attach(
        session, context, file_id=file_id, purpose=PURPOSE,
        subject_kind="campaign_card_dispute", subject_id=dispute.id, now=now,
    )  # fmt: skip
    row = DisputeFile(
        tenant_id=context.tenant_id,
        id=new_id(),
        campaign_id=dispute.campaign_id,
        dispute_id=dispute.id,
        file_id=facts.id,
        sha256=facts.sha256,
        media_type=facts.media_type,
        name=facts.name,
        note=note,
        added_by=context.actor_id,
        added_at=now,
    )
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    except IntegrityError as error:
        if "dispute_file_content_uq" in str(error.orig):
            raise DisputeFileGiven from error
        raise
    event = DisputeFileAdded(
        aggregate_id=dispute.campaign_id, dispute_id=dispute.id, sha256=facts.sha256
    )
    await publish(session, context, event, now=now)
    return row

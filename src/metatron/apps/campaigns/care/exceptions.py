"""The register of exceptions: opened by people and by the rules, closed with evidence."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.care.errors import EvidenceMissing
from metatron.apps.campaigns.care.exception_rows import (
    has_evidence,
    lock_exception,
    moved,
    refuse,
    write_entry,
)
from metatron.apps.campaigns.care.exception_steps import (
    Category,
    EvidenceKind,
    Severity,
    StepName,
    step_from,
)
from metatron.apps.campaigns.care.tables import ExceptionEntry, ExceptionEvidence, ExceptionRow
from metatron.apps.campaigns.errors import CampaignNotFound, CommitmentNotFound, ReasonRequired
from metatron.apps.campaigns.events import ExceptionOpened
from metatron.apps.campaigns.machine.locking import take_turn
from metatron.apps.campaigns.permissions import CARE, READ
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.files.interface import FilePurpose, attach, register_purpose

EVIDENCE = "campaign_exception_evidence"
SUBJECT = "campaigns.exception"
register_purpose(
    FilePurpose(
        name=EVIDENCE,
        media_types=(
            "application/pdf", "image/png", "image/jpeg", "image/webp", "text/plain", "text/csv",
            "application/json",
        ),
        max_bytes=20 * 1_048_576,
        read_permission=READ,
        upload_permission=CARE,
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What went wrong. `cause` names its subject; None: a person's, of which each stands alone."""

    category: Category
    severity: Severity
    title: str
    detail: str
    cause: str | None = None
    campaign_id: UUID | None = None
    commitment_id: UUID | None = None


async def open_exception(
    session: AsyncSession, context: Context, *, found: Found, now: datetime
) -> ExceptionRow:
    """Open an exception by hand.

    Raises:
        CampaignNotFound: no such campaign.
        CommitmentNotFound: no such commitment, or of another campaign.
    """
    context.demand(CARE)
    campaign_id = found.campaign_id
    key = (context.tenant_id, campaign_id)
    if campaign_id is not None and await session.get(Campaign, key) is None:
        raise CampaignNotFound
    if found.commitment_id is not None:
        commitment = await session.get(Commitment, (context.tenant_id, found.commitment_id))
        if commitment is None or campaign_id not in {None, commitment.campaign_id}:
            raise CommitmentNotFound
        campaign_id = commitment.campaign_id
    return await _open(session, context, found, campaign_id, None, now)


async def notice(
    session: AsyncSession, context: Context, *, found: Found, source_id: UUID, now: datetime
) -> ExceptionRow | None:
    """Open an exception for what the rules found, or add the sighting to the one that is open.

    The same source counts once, whatever is repeated; None when it was counted before. Takes a
    turn, so that it comes after all locks of its transaction.
    """
    assert found.cause is not None
    await take_turn(session, f"campaigns/{context.tenant_id}/exception/{found.cause}")
    counted = select(
        exists().where(
            ExceptionEntry.tenant_id == context.tenant_id, ExceptionEntry.source_id == source_id
        )
    )
    if (await session.execute(counted)).scalar_one():
        return None
    query = (
        select(ExceptionRow)
        .where(
            ExceptionRow.tenant_id == context.tenant_id,
            ExceptionRow.cause == found.cause,
            ExceptionRow.state != "closed",
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        return await _open(session, context, found, found.campaign_id, source_id, now)
    write_entry(session, context, row, "seen_again", now, note=found.detail, source_id=source_id)
    await session.flush()
    return row


async def _open(  # noqa: PLR0917 - the two ways of opening, one row
    session: AsyncSession,
    context: Context,
    found: Found,
    campaign_id: UUID | None,
    source_id: UUID | None,
    now: datetime,
) -> ExceptionRow:
    row_id = new_id()
    row = ExceptionRow(
        tenant_id=context.tenant_id,
        id=row_id,
        category=found.category,
        severity=found.severity,
        state="detected",
        title=found.title,
        detail=found.detail,
        cause=found.cause or f"person/{row_id}",
        campaign_id=campaign_id,
        commitment_id=found.commitment_id,
        opened_by=context.actor_id if context.actor_kind == "user" else None,
        opened_at=now,
        entry_count=0,
        version=0,
    )
    session.add(row)
    await session.flush()
    write_entry(
        session, context, row, "opened", now, note=found.detail, to_state="detected",
        source_id=source_id,
    )  # fmt: skip
    await session.flush()
    event = ExceptionOpened(
        aggregate_id=row.id,
        campaign_id=row.campaign_id,
        category=row.category,
        severity=row.severity,
        cause=row.cause,
    )
    await publish(session, context, event, now=now)
    return row


async def assign(
    session: AsyncSession,
    context: Context,
    *,
    exception_id: UUID,
    person_id: UUID,
    is_able: bool,
    now: datetime,
) -> ExceptionRow:
    """Give an exception to a person; `is_able` when they may work on exceptions here.

    Raises:
        ExceptionNotFound: no such exception.
        ExceptionStepRefused: it is closed.
        InvalidInput: the person may not work on exceptions.
    """
    context.demand(CARE)
    row = await lock_exception(session, context, exception_id)
    if not is_able:
        hint = "Name a member of the organisation who may work on exceptions."
        raise InvalidInput.field("body.assigned_to", "not_allowed", hint)
    row.assigned_to = person_id
    write_entry(session, context, row, "assigned", now, subject_id=person_id)
    return await moved(session, context, row, "assign", now)


async def move(
    session: AsyncSession,
    context: Context,
    *,
    exception_id: UUID,
    step: StepName,
    note: str | None,
    severity: Severity | None = None,
    now: datetime,
) -> ExceptionRow:
    """Take an exception's next step; triage may set the severity anew.

    Raises:
        ExceptionNotFound: no such exception.
        ExceptionStepRefused: the table has no such step here, or nobody is assigned.
        ReasonRequired: it is resolved without saying how.
        EvidenceMissing: it is closed without evidence.
    """
    context.demand(CARE)
    row = await lock_exception(session, context, exception_id)
    taken = step_from(step, row.state)
    if taken is None:
        raise refuse(row, f"'{step}' is not possible from the state {row.state}.")
    if severity is not None and step != "triage":
        raise refuse(row, "The severity is set when an exception is triaged.")
    if step == "begin" and row.assigned_to is None:
        raise refuse(row, "Assign somebody first.")
    if step == "resolve":
        if note is None:
            raise ReasonRequired
        row.resolution = note
    if step == "close":
        if not await has_evidence(session, context, row.id):
            raise EvidenceMissing
        row.closed_at = now
    row.severity = severity or row.severity
    came_from, row.state = row.state, taken.target
    write_entry(
        session, context, row, "moved", now, note=note, from_state=came_from, to_state=row.state
    )
    return await moved(session, context, row, step, now)


async def add_evidence(
    session: AsyncSession,
    context: Context,
    *,
    exception_id: UUID,
    kind: EvidenceKind,
    pointer: UUID,
    note: str,
    now: datetime,
) -> ExceptionRow:
    """Add a pointer to evidence: an uploaded file, or the id of a record. Bears repetition.

    Raises:
        ExceptionNotFound: no such exception.
        ExceptionStepRefused: it is closed.
        FileNotFound: no file has the id.
    """
    context.demand(CARE)
    row = await lock_exception(session, context, exception_id)
    known = select(
        exists().where(
            ExceptionEvidence.tenant_id == context.tenant_id,
            ExceptionEvidence.exception_id == row.id,
            ExceptionEvidence.kind == kind,
            ExceptionEvidence.pointer == pointer,
        )
    )
    if (await session.execute(known)).scalar_one():
        return row
    if kind == "file":
        await attach(
            session, context, file_id=pointer, purpose=EVIDENCE, subject_kind=SUBJECT,
            subject_id=row.id, now=now,
        )  # fmt: skip
    evidence = ExceptionEvidence(
        tenant_id=context.tenant_id,
        id=new_id(),
        exception_id=row.id,
        kind=kind,
        pointer=pointer,
        note=note,
        added_by=context.actor_id if context.actor_kind == "user" else None,
        added_at=now,
    )
    session.add(evidence)
    write_entry(session, context, row, "evidence_added", now, note=note, subject_id=evidence.id)
    return await moved(session, context, row, "add_evidence", now)

"""Evidence: files of the purpose `campaign_evidence`, each content once in an organisation."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.delivery.errors import EvidenceReused
from metatron.apps.campaigns.delivery.events import EvidenceAdded
from metatron.apps.campaigns.delivery.milestone_tables import Evidence, Milestone
from metatron.apps.campaigns.permissions import READ
from metatron.apps.campaigns.tables import Issue
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.platform.files import interface as files

PURPOSE = "campaign_evidence"
files.register_purpose(
    files.FilePurpose(
        PURPOSE,
        ("image/jpeg", "image/png", "image/webp", "application/pdf"),
        20 * 1_048_576,
        READ,
    )
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A file given as evidence; `taken_at` is when it shows what it shows."""

    file_id: UUID
    note: str | None = None
    taken_at: datetime | None = None


async def add_evidence(
    session: AsyncSession,
    context: Context,
    subject: Milestone | Issue,
    shown: Shown,
    *,
    now: datetime,
) -> Evidence:
    """Attach an uploaded file to a milestone or an issue.

    Raises:
        FileNotFound: no such file of this person.
        InvalidInput: it was uploaded for something else.
        EvidenceReused: the same content was given as evidence before.
    """
    is_issue = isinstance(subject, Issue)
    facts = await files.attach(
        session, context, file_id=shown.file_id, purpose=PURPOSE,
        subject_kind="campaign_issue" if is_issue else "campaign_milestone",
        subject_id=subject.id, now=now,
    )  # fmt: skip
    evidence = Evidence(
        tenant_id=context.tenant_id,
        id=new_id(),
        campaign_id=subject.campaign_id,
        milestone_id=None if is_issue else subject.id,
        issue_id=subject.id if is_issue else None,
        file_id=facts.id,
        sha256=facts.sha256,
        media_type=facts.media_type,
        name=facts.name,
        note=shown.note,
        taken_at=shown.taken_at,
        uploaded_by=context.actor_id,
        added_at=now,
    )
    try:
        async with session.begin_nested():
            session.add(evidence)
            await session.flush()
    except IntegrityError as error:
        if "evidence_content_uq" in str(error.orig):
            raise EvidenceReused from error
        raise
    event = EvidenceAdded(
        aggregate_id=subject.campaign_id,
        evidence_id=evidence.id,
        milestone_id=evidence.milestone_id,
        issue_id=evidence.issue_id,
        sha256=facts.sha256,
    )
    await publish(session, context, event, now=now)
    return evidence

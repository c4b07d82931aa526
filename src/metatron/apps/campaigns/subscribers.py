"""Reactions to what the payments module announces; thin, each calls a use case."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.care import claim_payments, noticing
from metatron.apps.campaigns.care.claim_payments import CLAIM_TARGET
from metatron.apps.campaigns.confirmations import (
    REFUNDS,
    Answered,
    is_capture,
    mirror_waiting_for,
    on_captures,
    on_confirmed,
)
from metatron.apps.campaigns.delivery.milestone_rows import follow_end, follow_payout
from metatron.apps.campaigns.gathering import captures
from metatron.apps.campaigns.machine.messages import is_for_members
from metatron.apps.campaigns.money import bond, payout_reactions, refund_reactions
from metatron.apps.campaigns.money.bond import BOND_TARGET
from metatron.apps.campaigns.money.payouts import PAYOUT_TARGET
from metatron.apps.campaigns.money.refunds import COMMITMENT_TARGET
from metatron.apps.campaigns.money.statement_check import BOOKED_BY
from metatron.apps.campaigns.provider_subscribers import on_break, on_evidence, on_observed
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import DeliveredEvent, Subscription, Together


async def on_failed(
    session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
) -> None:
    """Book what the provider has refused."""
    read = Answered.model_validate(event.payload)
    target = (read.target_kind, read.kind)
    transfer_id = read.ledger_transfer_id
    if target in {(COMMITMENT_TARGET, "capture"), (COMMITMENT_TARGET, "authorise")}:
        await captures.capture_failed(
            session, context, commitment_id=read.target_id, transfer_id=transfer_id, now=now
        )
    elif target in REFUNDS:
        await refund_reactions.refund_failed(
            session, context, commitment_id=read.target_id, transfer_id=transfer_id, now=now
        )
    elif target == (BOND_TARGET, "capture"):
        await bond.bond_failed(session, context, deposit_id=read.target_id, now=now)
    elif target == (CLAIM_TARGET, "capture"):
        await claim_payments.claim_refused(session, context, payment_id=read.target_id, now=now)
    elif target == (PAYOUT_TARGET, "payout"):
        await payout_reactions.payout_failed(
            session, context, payout_id=read.target_id, transfer_id=transfer_id, now=now
        )
    await mirror_waiting_for(session, context, read, now)
    if read.target_kind == COMMITMENT_TARGET:
        await noticing.refund_refused(
            session, context, commitment_id=read.target_id, transfer_id=transfer_id, now=now
        )


async def on_returned(
    session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
) -> None:
    """Book a payment to the supplier, or a refund, that came back."""
    read = Answered.model_validate(event.payload)
    if (read.target_kind, read.kind) in REFUNDS:
        which = {"commitment_id": read.target_id, "transfer_id": read.ledger_transfer_id}
        await refund_reactions.refund_returned(session, context, **which, now=now)
        await noticing.refund_refused(session, context, **which, now=now)
    if read.target_kind == PAYOUT_TARGET:
        await payout_reactions.payout_returned(
            session,
            context,
            payout_id=read.target_id,
            transfer_id=read.ledger_transfer_id,
            now=now,
        )


class PaidOut(BaseModel):
    """What the milestones read of a payment's event."""

    payout_id: UUID
    state: str


async def on_payout(
    session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
) -> None:
    """Mark the milestones that a confirmed payment released."""
    read = PaidOut.model_validate(event.payload)
    if read.state == "confirmed":
        await follow_payout(
            session, context, campaign_id=event.aggregate_id, payout_id=read.payout_id, now=now
        )


class CampaignTook(BaseModel):
    """What is read of a campaign's step."""

    step: str
    ordinal: int


async def on_campaign_moved(
    session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
) -> None:
    """Put a supplier's silence on the register; mark what a completed campaign has released."""
    read = CampaignTook.model_validate(event.payload)
    if read.step == "supplier_silent":
        await noticing.supplier_silent(
            session, context, campaign_id=event.aggregate_id, ordinal=read.ordinal, now=now
        )
    elif read.step == "complete":
        await follow_end(session, context, campaign_id=event.aggregate_id, now=now)


class Missed(BaseModel):
    """What is read of a message that could not be sent."""

    campaign_id: UUID
    ordinal: int
    person_id: UUID


async def on_message_missed(
    session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
) -> None:
    """Put a message that reached nobody on the register."""
    read = Missed.model_validate(event.payload)
    await noticing.message_missed(
        session,
        context,
        campaign_id=read.campaign_id,
        subject_id=event.aggregate_id,
        ordinal=read.ordinal,
        person_id=read.person_id,
        now=now,
    )


class OwnCommitment(BaseModel):
    """What is read of a party's own commitment."""

    campaign_id: UUID
    linked_as: str
    units: int


async def on_party_committed(
    session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
) -> None:
    """Put a party's own commitment on the register."""
    read = OwnCommitment.model_validate(event.payload)
    await noticing.party_committed(
        session,
        context,
        commitment_id=event.aggregate_id,
        campaign_id=read.campaign_id,
        linked_as=read.linked_as,
        units=read.units,
        now=now,
    )


class RefusedMail(BaseModel):
    """What is read of a mail that a server refused for good."""

    template: str
    recipient_id: UUID | None


async def on_mail_refused(
    session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
) -> None:
    """Put a member's refused mail on the register; other mails are their senders' matter."""
    read = RefusedMail.model_validate(event.payload)
    if read.recipient_id is None or not is_for_members(read.template):
        return
    await noticing.mail_refused(
        session,
        context,
        message_id=event.aggregate_id,
        template=read.template,
        recipient_id=read.recipient_id,
        now=now,
    )


class WrongBooks(BaseModel):
    """What is read of a check that found broken rules."""

    findings: int
    rules: list[str]
    subjects: list[UUID]


async def on_books_wrong(
    session: AsyncSession, context: Context, *, now: datetime, event: DeliveredEvent
) -> None:
    """Put books that break a rule on the register."""
    read = WrongBooks.model_validate(event.payload)
    await noticing.books_wrong(
        session,
        context,
        event_id=event.id,
        findings=read.findings,
        rules=read.rules,
        subjects=read.subjects,
        now=now,
    )


_CONFIRMED = "payments.instruction_confirmed.v1"
SUBSCRIPTIONS = (
    Subscription(
        _CONFIRMED,
        BOOKED_BY[_CONFIRMED],
        on_confirmed,
        priority=5,
        together=Together(on_captures, fits=is_capture),
    ),
    Subscription(
        "payments.dispute_evidence_moved.v1", "campaigns.follow_dispute_evidence", on_evidence
    ),
    *(
        Subscription(event, BOOKED_BY[event], reaction)
        for event, reaction in (
            ("payments.observation_recorded.v1", on_observed),
            ("payments.instruction_failed.v1", on_failed),
            ("payments.instruction_returned.v1", on_returned),
        )
    ),
    Subscription("campaigns.payout_moved.v1", "campaigns.follow_milestone_payout", on_payout),
    Subscription("payments.break_opened.v1", "campaigns.register_break", on_break),
    Subscription(
        "campaigns.campaign_moved.v1",
        "campaigns.register_silence",
        on_campaign_moved,
        when=lambda told: told.get("step") in {"supplier_silent", "complete"},
    ),
    Subscription(
        "campaigns.message_missed.v1", "campaigns.register_missed_message", on_message_missed
    ),
    Subscription(
        "notifications.mail_refused.v1", "campaigns.register_refused_mail", on_mail_refused
    ),
    Subscription(
        "campaigns.party_committed.v1", "campaigns.register_own_commitment", on_party_committed
    ),
    Subscription("ledger.books_found_wrong.v1", "campaigns.register_wrong_books", on_books_wrong),
)

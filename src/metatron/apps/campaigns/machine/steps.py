"""Taking a step of the table: checked here, checked and logged again by the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import CommitmentDisputed, ReasonRequired, TransitionNotAllowed
from metatron.apps.campaigns.events import CampaignMoved, CommitmentMoved
from metatron.apps.campaigns.machine.messages import TELL
from metatron.apps.campaigns.machine.transitions import Machine, Step, find_step, steps_from
from metatron.apps.campaigns.permissions import PERMISSION_OF_ACTOR
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context
from metatron.kernel.database.many_rows import FEWEST, write_all
from metatron.kernel.events.event import publish_each
from metatron.kernel.events.jobs import enqueue, enqueue_all

Subject = Campaign | Commitment
Taken = tuple[Subject, Step, str]
_CHANGING = (
    "state", "transition_count", "version", "last_transition", "last_reason", "last_actor_kind",
    "last_actor_id", "last_at", "captured_minor", "capture_transfer_id", "charge_attempts",
    "authorised_reference", "provider_reference", "refund_reason", "payout_id",
    "units_allocated", "final_unit_price_minor", "final_amount_minor", "released_bp",
)  # fmt: skip
"""What steps change of a commitment."""


def machine_of(subject: Subject) -> Machine:
    """Return which part of the table applies."""
    return "campaign" if isinstance(subject, Campaign) else "commitment"


def step_or_refuse(subject: Subject, name: str) -> Step:
    """Return the step `name` out of the subject's state.

    Raises:
        TransitionNotAllowed: the table has none; the refusal lists what there is.
        CommitmentDisputed: the same, because the member's bank disputes the payment.
    """
    machine = machine_of(subject)
    step = find_step(machine, name, subject.state)
    if step is None and subject.state == "disputed":
        raise CommitmentDisputed(state=subject.state, allowed=[])
    if step is None:
        allowed = [found.name for found in steps_from(machine, subject.state)]
        raise TransitionNotAllowed(
            f"'{name}' is not possible from the state {subject.state}.",
            state=subject.state,
            allowed=allowed,
        )
    return step


def refuse_step(subject: Subject, why: str) -> TransitionNotAllowed:
    """Build the refusal of a step whose guard does not hold."""
    allowed = [found.name for found in steps_from(machine_of(subject), subject.state)]
    return TransitionNotAllowed(why, state=subject.state, allowed=allowed)


def begin(subject: Subject, name: str, context: Context, *, now: datetime) -> None:
    """Put a new subject into the state its first step leads to."""
    step = find_step(machine_of(subject), name, "")
    assert step is not None, name
    subject.state, subject.transition_count, subject.version = step.target, 1, 1
    sign(subject, step, context, None, now)


async def advance(
    session: AsyncSession,
    context: Context,
    subject: Subject,
    name: str,
    *,
    now: datetime,
    reason: str | None = None,
    by_system: bool = False,
) -> None:
    """Take the step `name`, announce it and have those concerned told.

    Args:
        session: the transaction in which `subject` is locked.
        context: who acts; for a step of a person it must hold the actor's permission.
        subject: the campaign or commitment.
        name: a step of the table out of the present state.
        now: the instant on the tenant's clock.
        reason: needed where the table says so.
        by_system: the rules themselves take the step, as a consequence of something else.

    Raises:
        TransitionNotAllowed: the table has no such step here.
        PermissionDenied: the actor may not take it.
        ReasonRequired: the step must be explained.
    """
    await advance_all(
        session, context, [subject], name, now=now, reason=reason, by_system=by_system
    )


async def advance_all(
    session: AsyncSession,
    context: Context,
    subjects: Sequence[Subject],
    name: str,
    *,
    now: datetime,
    reason: str | None = None,
    reasons: Mapping[UUID, str] | None = None,
    contexts: Mapping[UUID, Context] | None = None,
    by_system: bool = False,
) -> None:
    """Take the step `name` for many locked subjects of one machine at once, each as by `advance`.

    The number of statements does not grow with the number of subjects. `reasons` gives some of
    them, by id, a reason of their own, `contexts` the one their event is signed with.

    Raises:
        TransitionNotAllowed: the table has no such step for one of them; none takes it.
        PermissionDenied: the actor may not take it.
        ReasonRequired: the step must be explained.
    """
    reason = (reason or "").strip() or None
    taken = [(subject, step_or_refuse(subject, name), subject.state) for subject in subjects]
    for _, step, _ in taken:
        if not by_system:
            permission = PERMISSION_OF_ACTOR.get(step.actor)
            assert permission is not None, f"{name} is taken by the {step.actor} only"
            context.demand(permission)
        if step.needs_reason and reason is None:
            raise ReasonRequired
    for subject, step, _ in taken:
        subject.state = step.target
        subject.transition_count += 1
        subject.version += 1
        sign(subject, step, context, (reasons or {}).get(subject.id, reason), now)
    many = [subject for subject in subjects if isinstance(subject, Commitment)]
    if len(many) >= FEWEST:
        await write_all(session, many, _CHANGING)
    await session.flush()
    await announce_all(session, context, taken, now=now, contexts=contexts)


def sign(subject: Subject, step: Step, context: Context, reason: str | None, now: datetime) -> None:
    """Write down on the subject which step was taken last, by whom and why."""
    subject.last_transition = step.name
    subject.last_reason = reason
    subject.last_actor_kind = context.actor_kind
    subject.last_actor_id = context.actor_id
    subject.last_at = now


async def announce_all(
    session: AsyncSession,
    context: Context,
    taken: Sequence[Taken],
    *,
    now: datetime,
    contexts: Mapping[UUID, Context] | None = None,
) -> None:
    """Publish steps taken (subject, step, state it came from) and ask for their messages."""
    events = [
        ((contexts or {}).get(subject.id, context), event_of(subject, step, came_from))
        for subject, step, came_from in taken
    ]
    await publish_each(session, events, now=now)
    told = [subject for subject, step, _ in taken if step.tells]
    arguments = [
        {"subject_id": subject.id, "ordinal": subject.transition_count} for subject in told
    ]
    await enqueue_all(session, context, TELL, arguments)


def event_of(subject: Subject, step: Step, came_from: str) -> CampaignMoved | CommitmentMoved:
    """Return what is announced of a step taken out of the state `came_from`."""
    if isinstance(subject, Campaign):
        return CampaignMoved(
            aggregate_id=subject.id,
            step=step.name,
            from_state=came_from,
            to_state=step.target,
            ordinal=subject.transition_count,
        )
    return CommitmentMoved(
        aggregate_id=subject.id,
        campaign_id=subject.campaign_id,
        step=step.name,
        from_state=came_from,
        to_state=step.target,
        ordinal=subject.transition_count,
        units=subject.units,
        amount_minor=subject.amount_minor,
        currency=subject.currency,
    )


async def ask_to_tell(
    session: AsyncSession, context: Context, subject_id: UUID, ordinal: int
) -> None:
    """Have the messages of the subject's step number `ordinal` sent."""
    await enqueue(session, context, TELL, subject_id=subject_id, ordinal=ordinal)

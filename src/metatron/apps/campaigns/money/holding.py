"""The money of an issue is held apart from the rest of escrow until the issue is decided.

So neither a release nor a refund of anything else can take it. The decision frees it first, and
what is decided is then booked out of escrow as everything is.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.accounts import Kind, derived_id
from metatron.apps.campaigns.money.journal import Booking, Journal
from metatron.apps.campaigns.money.moves import Move
from metatron.apps.campaigns.tables import Campaign, Commitment, Issue
from metatron.kernel.context import Context


async def hold_apart(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitment: Commitment,
    issue: Issue,
    *,
    now: datetime,
) -> None:
    """Dr the commitment's escrow / Cr its hold: all that is left, while the issue is open."""
    [in_escrow] = await books.escrow_of(session, context, campaign, [commitment])
    if not in_escrow:
        return
    journal = await books.journal_for(session, context, campaign, trigger="issue_opened", now=now)
    hold = journal.own(Kind.COMMITMENT_HOLD, commitment)
    await books.open_accounts(session, context, [hold])
    booking = journal.entry(
        derived_id(issue.id, f"held/{issue.version}"), Move.ISSUE_HELD, "posted",
        journal.own(Kind.COMMITMENT_ESCROW, commitment), hold, in_escrow, commitment,
    )  # fmt: skip
    await books.book(session, context, [booking])
    issue.held_minor += in_escrow
    issue.version += 1
    await session.flush()


async def hold_again(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitment: Commitment,
    *,
    now: datetime,
) -> None:
    """Hold apart what came back to escrow for a commitment whose issue is still open."""
    for issue in await _open_issues(session, context, [commitment]):
        await hold_apart(session, context, campaign, commitment, issue, now=now)


async def held_apart(session: AsyncSession, context: Context, commitment: Commitment) -> int:
    """Return the minor units held apart for the commitment's open issue, 0 without one."""
    return sum(each.held_minor for each in await _open_issues(session, context, [commitment]))


async def free_held(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitments: Sequence[Commitment],
    *,
    trigger: str,
    now: datetime,
) -> None:
    """Dr hold / Cr the commitment's escrow, for each locked commitment with an open issue."""
    by_id = {commitment.id: commitment for commitment in commitments}
    held = [each for each in await _open_issues(session, context, commitments) if each.held_minor]
    if not held:
        return
    journal = await books.journal_for(session, context, campaign, trigger=trigger, now=now)
    bookings = [_freed(journal, by_id[issue.commitment_id], issue) for issue in held]
    await books.book(session, context, bookings)
    for issue in held:
        issue.freed_minor += issue.held_minor
        issue.held_minor = 0
        issue.version += 1
    await session.flush()


def _freed(journal: Journal, commitment: Commitment, issue: Issue) -> Booking:
    return journal.entry(
        derived_id(issue.id, f"freed/{issue.version}"), Move.ISSUE_FREED, "posted",
        journal.own(Kind.COMMITMENT_HOLD, commitment),
        journal.own(Kind.COMMITMENT_ESCROW, commitment), issue.held_minor, commitment,
    )  # fmt: skip


async def _open_issues(
    session: AsyncSession, context: Context, commitments: Sequence[Commitment]
) -> Sequence[Issue]:
    query = (
        select(Issue)
        .where(
            Issue.tenant_id == context.tenant_id,
            Issue.commitment_id.in_([commitment.id for commitment in commitments]),
            Issue.state == "open",
        )
        .order_by(Issue.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalars().all()

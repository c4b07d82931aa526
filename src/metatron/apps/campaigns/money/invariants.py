"""What must hold at every instant between commitments, their history and the books.

Own rows are read by SQL, balances through the ledger's interface, in one transaction. The numbers
are those of the specification's list.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.machine.transitions import IN_FLIGHT
from metatron.apps.campaigns.money.accounts import Chart, Kind
from metatron.apps.campaigns.money.coverage import coverage
from metatron.apps.campaigns.money.gathered_check import gathered_violations
from metatron.apps.campaigns.money.share_invariants import share_violations
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.kernel.context import Context
from metatron.platform.ledger import interface as ledger

_COMMITMENTS = text("""
select m.id, m.campaign_id, m.state, m.units, m.amount_minor, m.captured_minor, m.currency,
  m.placed_at, c.deadline_at, c.state campaign_state, c.cap_units,
  c.funding_mode = 'charge_on_success' or m.authorised_reference is not null counts_early,
  coalesce((select sum(s.amount_minor) from campaigns.share_release s
    where s.tenant_id = m.tenant_id and s.commitment_id = m.id), 0)::bigint shared,
  coalesce(r.going_back, 0) going_back, coalesce(r.gone_back, 0) gone_back, r.whole_state,
  coalesce(r.came_back, 0) came_back,
  coalesce(i.held, 0) issue_held, coalesce(i.freed, 0) issue_freed,
  coalesce(d.disputed, 0) disputed, coalesce(d.won, 0) won, coalesce(d.lost, 0) lost,
  exists (select from campaigns.transition t
    where t.tenant_id = c.tenant_id and t.subject_id = c.id and t.to_state = 'confirmed') confirmed,
  m.placed_at >= c.deadline_at placed_late, m.unit_price_minor, m.units_allocated,
  m.final_unit_price_minor, m.final_amount_minor, c.accepted_units,
  c.final_unit_price_minor campaign_price
from campaigns.commitment m
join campaigns.campaign c on c.tenant_id = m.tenant_id and c.id = m.campaign_id
left join (
  select f.tenant_id, f.commitment_id,
    sum(f.amount_minor) filter (where f.state <> 'confirmed')::bigint going_back,
    sum(f.amount_minor) filter (where f.state = 'confirmed')::bigint gone_back,
    max(f.state) filter (where f.whole) whole_state,
    sum(f.came_back_minor)::bigint came_back
  from campaigns.refund f where f.tenant_id = :tenant_id
  group by f.tenant_id, f.commitment_id
) r on r.tenant_id = m.tenant_id and r.commitment_id = m.id
left join (
  select g.tenant_id, g.commitment_id,
    sum(g.amount_minor) filter (where g.state = 'open')::bigint disputed,
    sum(g.amount_minor) filter (where g.state = 'won')::bigint won,
    sum(g.amount_minor) filter (where g.state = 'lost')::bigint lost
  from campaigns.card_dispute g where g.tenant_id = :tenant_id and g.is_before_release
  group by g.tenant_id, g.commitment_id
) d on d.tenant_id = m.tenant_id and d.commitment_id = m.id
left join (
  select u.tenant_id, u.commitment_id, sum(u.held_minor)::bigint held,
    sum(u.freed_minor)::bigint freed
  from campaigns.issue u where u.tenant_id = :tenant_id group by u.tenant_id, u.commitment_id
) i on i.tenant_id = m.tenant_id and i.commitment_id = m.id
where m.tenant_id = :tenant_id order by m.campaign_id, m.id
""")
_BROKEN_HISTORY = text("""
select s.id, s.state from (
  select tenant_id, id, state, transition_count from campaigns.campaign
  union all select tenant_id, id, state, transition_count from campaigns.commitment) s
where s.tenant_id = :tenant_id and (
  s.state <> (select t.to_state from campaigns.transition t
    where t.tenant_id = s.tenant_id and t.subject_id = s.id and t.ordinal = s.transition_count)
  or s.transition_count <> (select count(*) from campaigns.transition t
    where t.tenant_id = s.tenant_id and t.subject_id = s.id)
  or exists (select from campaigns.transition t
    join campaigns.transition n on n.tenant_id = t.tenant_id and n.subject_id = t.subject_id
      and n.ordinal = t.ordinal + 1
    where t.tenant_id = s.tenant_id and t.subject_id = s.id and n.from_state <> t.to_state))
""")
_KINDS = (Kind.COMMITMENT_ESCROW, Kind.COMMITMENT_REFUND_DUE, Kind.COMMITMENT_HOLD)
_IN_ESCROW = frozenset({"held", "allocated"})
_GOING_BACK = frozenset({"refund_due", "refund_failed"})
_OF_WHOLE_REFUND = {
    "refund_due": ("due", "instructed"), "refund_failed": ("failed",), "refunded": ("confirmed",),
}  # fmt: skip
_RELEASED = frozenset({"released", "settled"})
_ALLOCATED = _RELEASED | {"allocated"}
_ENDED = frozenset({"completed", "failed", "cancelled", "unwound"})
_COUNTED = _IN_ESCROW | _RELEASED | {"disputed"}


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken invariant: its number (0 for the history), whose it is, and what was found."""

    invariant: int
    subject_id: UUID
    found: str


@dataclass(frozen=True, slots=True)
class Money:
    """Where a commitment's captured money is, in minor units."""

    captured: int
    escrow: int
    refund_due: int
    refunded: int
    released: int
    held_apart: int
    """While a dispute or an issue is open."""
    lost: int


async def check_invariants(session: AsyncSession, context: Context) -> list[Violation]:
    """Return every violation in the organisation; none in sound books."""
    key = {"tenant_id": context.tenant_id}
    found = [
        Violation(11, row.id, f"its history does not end in {row.state}")
        for row in await session.execute(_BROKEN_HISTORY, key)
    ]
    rows = (await session.execute(_COMMITMENTS, key)).all()
    provider = (await read_settings(session, context)).provider
    for part in batched(rows, 1_000):
        for row, money in zip(part, await _money(session, context, part, provider), strict=True):
            found.extend(_of_commitment(row, money))
            found.extend(_of_price(row))
    found.extend(await _of_campaigns(session, context, rows, provider))
    found.extend(_of_shares(rows))
    found.extend(await _of_coverage(session, context))
    found += [Violation(*each) async for each in share_violations(session, context)]
    found += [Violation(*each) async for each in gathered_violations(session, context)]
    return found


async def _money(
    session: AsyncSession, context: Context, rows: Sequence[Row[Any]], provider: str
) -> list[Money]:
    ids = []
    for row in rows:
        chart = Chart(context.tenant_id, row.currency, provider)
        for kind in _KINDS:
            ids += [chart.commitment(kind, row.campaign_id, row.id).id]
    accounts = await ledger.lookup_accounts(session, context, ids=ids)
    found = []
    for row, (escrow, due, hold) in zip(rows, batched(accounts, 3), strict=True):
        assert escrow is not None
        assert due is not None
        # What came back from a dispute is no second capture; what left for one is no release. A
        # refund that came back was none, and is due a second time out of the same money.
        held_in, held_out = (hold.credits_posted, hold.debits_posted) if hold else (0, 0)
        found.append(
            Money(
                captured=escrow.credits_posted - row.won - row.issue_freed,
                escrow=escrow.credits_posted - escrow.debits_posted,
                refund_due=due.credits_posted - due.debits_posted,
                refunded=due.debits_posted - row.came_back,
                released=escrow.debits_posted - due.credits_posted + row.came_back - held_in,
                held_apart=held_in - held_out,
                lost=held_out - row.won - row.issue_freed,
            )
        )
    return found


def _of_commitment(row: Row[Any], money: Money) -> Iterator[Violation]:
    parts = money.escrow + money.refund_due + money.refunded + money.released
    parts += money.held_apart + money.lost
    if money.captured != parts or money.captured != (row.captured_minor or 0):
        yield Violation(5, row.id, f"{row.captured_minor} captured by its row, {money}")
    left = money.captured - row.going_back - row.gone_back - row.disputed - row.lost
    expected = Money(
        captured=money.captured,
        escrow=left - row.shared - row.issue_held if row.state in _IN_ESCROW | {"disputed"} else 0,
        refund_due=row.going_back,
        refunded=row.gone_back,
        released=left if row.state in _RELEASED else row.shared,
        held_apart=row.disputed + row.issue_held,
        lost=row.lost,
    )
    if money != expected:
        yield Violation(5, row.id, f"{row.state}, so that {expected} is due, but {money}")
    if row.whole_state not in _OF_WHOLE_REFUND.get(row.state, (None,)):
        yield Violation(5, row.id, f"{row.state}, but its whole refund is {row.whole_state}")
    if (row.state == "disputed") != bool(row.disputed):
        yield Violation(5, row.id, f"{row.state} with {row.disputed} in dispute")
    if money.refunded + money.released + money.lost > money.captured:
        yield Violation(6, row.id, f"{money}")
    if money.released and not row.confirmed:
        yield Violation(7, row.id, f"released from a campaign that was never confirmed: {money}")
    # A refund may come back after the end: then it alone is due once more.
    due_after_all = min(money.refund_due, row.came_back)
    open_minor = money.escrow + money.refund_due - due_after_all + money.held_apart
    if row.campaign_state in _ENDED and open_minor:
        yield Violation(7, row.id, f"the campaign is {row.campaign_state}, yet {money}")
    if row.placed_late:
        yield Violation(14, row.id, f"placed at {row.placed_at}, deadline {row.deadline_at}")


def _of_price(row: Row[Any]) -> Iterator[Violation]:
    """Everybody whose units are allocated has the campaign's one price, never above the locked."""
    if row.units_allocated is None:
        if row.state in _ALLOCATED:
            yield Violation(8, row.id, f"{row.state} without allocated units")
        return
    price = row.final_unit_price_minor
    if price != row.campaign_price or price > row.unit_price_minor:
        found = f"final {price}, the campaign's {row.campaign_price}, locked {row.unit_price_minor}"
        yield Violation(8, row.id, found)
    if row.final_amount_minor != row.units_allocated * price:
        yield Violation(8, row.id, f"{row.units_allocated} at {price}: {row.final_amount_minor}")


def _of_shares(rows: Sequence[Row[Any]]) -> Iterator[Violation]:
    """No more units are allocated than the supplier accepted, the cap, or the member asked for."""
    allocated: dict[UUID, int] = {}
    most: dict[UUID, int] = {}
    for row in rows:
        if row.units_allocated is None:
            continue
        allocated[row.campaign_id] = allocated.get(row.campaign_id, 0) + row.units_allocated
        most[row.campaign_id] = min(row.accepted_units or 0, row.cap_units or row.accepted_units)
        if row.units_allocated > row.units:
            yield Violation(9, row.id, f"{row.units_allocated} of {row.units} allocated")
    for campaign_id, units in allocated.items():
        if units > most[campaign_id]:
            yield Violation(9, campaign_id, f"{units} allocated of {most[campaign_id]} accepted")


async def _of_campaigns(
    session: AsyncSession, context: Context, rows: Sequence[Row[Any]], provider: str
) -> list[Violation]:
    """Compare what the public page is told (units counted by the ledger) with the commitments."""
    gathered: dict[UUID, int] = {}
    openings = {}
    for row in rows:
        chart = Chart(context.tenant_id, row.currency, provider)
        units_open = chart.units_open(row.campaign_id, capped=row.cap_units is not None)
        openings[row.campaign_id] = (units_open.id, row.cap_units or 0)
        kept = row.state in _COUNTED or row.state in _GOING_BACK | {"refunded"}
        kept = kept or (row.counts_early and row.state in IN_FLIGHT)
        gathered.setdefault(row.campaign_id, 0)
        gathered[row.campaign_id] += row.units if kept else 0
    withdrawn = await _units_let_go(session, context)
    ids = [account_id for account_id, _ in openings.values()]
    accounts = await ledger.lookup_accounts(session, context, ids=ids)
    found = []
    for (campaign_id, (_, cap)), account in zip(openings.items(), accounts, strict=True):
        assert account is not None
        counted = account.debits_posted - account.credits_posted + cap
        expected = gathered[campaign_id] - withdrawn.get(campaign_id, 0)
        if counted != expected:
            found.append(Violation(17, campaign_id, f"{counted} units shown, {expected} committed"))
    return found


_LET_GO = text("""
select m.campaign_id, sum(m.units) units from campaigns.commitment m
where m.tenant_id = :tenant_id and m.state in ('refund_due', 'refund_failed', 'refunded')
  and (m.refund_reason in ('participant_request', 'commitment_cancelled')
      and not exists (select from campaigns.refund f where f.tenant_id = m.tenant_id
        and f.commitment_id = m.id and f.whole and f.trigger = 'manual')
    or exists (select from campaigns.transition t where t.tenant_id = m.tenant_id
      and t.subject_id = m.id and t.name = 'refund_by_hand' and t.from_state = 'held'))
group by m.campaign_id
""")


async def _units_let_go(session: AsyncSession, context: Context) -> dict[UUID, int]:
    rows = await session.execute(_LET_GO, {"tenant_id": context.tenant_id})
    return {row.campaign_id: int(row.units) for row in rows}


_NOT_BORNE = text("""
select currency, sum(minor)::bigint minor from (
  select currency, amount_minor + correction_minor - recharged_minor minor
  from campaigns.provider_charge where tenant_id = :tenant_id
  union all select m.currency, m.amount_minor from campaigns.manual_entry m
  where m.tenant_id = :tenant_id and m.kind = 'suspense_out'
    and not exists (select from campaigns.manual_entry f
      where f.tenant_id = m.tenant_id and f.about_id = m.id and (f.kind = 'correction'
        or not exists (select from campaigns.manual_entry g
          where g.tenant_id = f.tenant_id and g.about_id = f.id)))) open
group by currency
""")


async def _of_coverage(session: AsyncSession, context: Context) -> list[Violation]:
    """A gap stands for what the bond has not borne of fees, losses and what left unexplained."""
    rows = await session.execute(_NOT_BORNE, {"tenant_id": context.tenant_id})
    known = {row.currency: row.minor for row in rows}
    return [
        Violation(18, context.tenant_id, f"{each} with {known.get(each.currency, 0)} not borne")
        for each in await coverage(session, context)
        if each.missing_minor > known.get(each.currency, 0)
    ]

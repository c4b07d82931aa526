"""What campaigns keep about people, and what stands in the way of their erasure."""

from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.machine.transitions import TERMINAL
from metatron.kernel.context import Context
from metatron.kernel.personal_data import Obstacle, Person, PersonalData

_MONEY = "The law asks to keep records of money; they name you by a number only"
_OPEN_COMMITMENTS = text("""
select count(*) from campaigns.commitment where tenant_id = :tenant_id and member_id = :user_id
  and state <> all(cast(:ended as text[]))
""")
_OPEN_REFUNDS = text("""
select count(*) from campaigns.refund r
join campaigns.commitment c on c.tenant_id = r.tenant_id and c.id = r.commitment_id
where r.tenant_id = :tenant_id and c.member_id = :user_id and r.state <> 'confirmed'
""")
_OPEN_ISSUES = text("""
select (select count(*) from campaigns.issue i
  join campaigns.commitment c on c.tenant_id = i.tenant_id and c.id = i.commitment_id
  where i.tenant_id = :tenant_id and c.member_id = :user_id and i.state = 'open')
+ (select count(*) from campaigns.card_dispute d
  join campaigns.commitment c on c.tenant_id = d.tenant_id and c.id = d.commitment_id
  where d.tenant_id = :tenant_id and c.member_id = :user_id and d.state = 'open')
""")
_SUPPLIED = text("""
select count(*) from campaigns.campaign where tenant_id = :tenant_id and supplier_id = :user_id
  and state <> all(cast(:ended as text[])) and state <> 'draft'
""")
# A payment may come back from the supplier's bank after its campaign has ended.
_UNPAID = text("""
select count(*) from campaigns.payout p
join campaigns.campaign c on c.tenant_id = p.tenant_id and c.id = p.campaign_id
where p.tenant_id = :tenant_id and c.supplier_id = :user_id and p.state <> 'confirmed'
""")
_CLAIMS = text("""
select count(*) from campaigns.supplier_claim
where tenant_id = :tenant_id and supplier_id = :user_id and state = 'open'
""")


async def obstacles(session: AsyncSession, context: Context, person: Person) -> list[Obstacle]:
    """Tell what of the person's money is still on its way, and what they still have to deliver."""
    key = {"tenant_id": context.tenant_id, "user_id": person.user_id}
    asked: tuple[tuple[str, str, TextClause, dict[str, Any]], ...] = (
        (
            "open_commitments",
            "Commitments are not over yet: withdraw them, or wait until their campaigns end.",
            _OPEN_COMMITMENTS,
            {"ended": sorted(TERMINAL["commitment"])},
        ),
        (
            "unpaid_refunds",
            "Refunds have not arrived yet: wait until they have.",
            _OPEN_REFUNDS,
            {},
        ),
        (
            "open_disputes",
            "Issues or disputes are open: wait until they are decided.",
            _OPEN_ISSUES,
            {},
        ),
        (
            "campaigns_supplied",
            "Campaigns to be supplied are not over yet: wait, or have another supplier named.",
            _SUPPLIED,
            {"ended": sorted(TERMINAL["campaign"])},
        ),
        (
            "unpaid_payouts",
            "Payments to the supplier have not arrived yet: wait until they have.",
            _UNPAID,
            {},
        ),
        ("open_claims", "Claims against the supplier are open: settle them first.", _CLAIMS, {}),
    )
    found = []
    for code, words, statement, more in asked:
        count = await session.scalar(statement, key | more)
        if count:
            found.append(Obstacle(code, words, count))
    return found


PERSONAL_DATA = (
    PersonalData(
        name="commitments",
        title="Your commitments, and what was paid, refunded and confirmed",
        fate="kept",
        tables=(
            "campaigns.commitment", "campaigns.refund", "campaigns.acknowledgement",
            "campaigns.consent", "campaigns.receipt", "campaigns.notice_answer",
            "campaigns.transition", "campaigns.card_dispute", "campaigns.payout",
            "campaigns.manual_entry", "campaigns.provider_charge", "campaigns.bond_deposit",
            "campaigns.supplier_claim", "campaigns.claim_payment", "campaigns.provider_action",
        ),
        why=_MONEY,
        years=7,
        select="""
select id, campaign_id, reference, units, amount_minor, currency, state, placed_at, last_reason
from campaigns.commitment
where tenant_id = :tenant_id and member_id = :user_id and id > :after order by id limit :most
""",
    ),
    PersonalData(
        name="verification",
        title="What was found out about who you are as a supplier",
        fate="kept",
        tables=("campaigns.supplier_verification",),
        why="Who was paid has to be known as long as the payment's record is kept",
        years=7,
        select="""
select id, verdict, basis, valid_until, stated_at from campaigns.supplier_verification
where tenant_id = :tenant_id and supplier_id = :user_id and id > :after order by id limit :most
""",
    ),
    PersonalData(
        name="delivery_addresses",
        title="Where your units were delivered",
        fate="erased",
        tables=("campaigns.delivery_address",),
        select="""
select a.commitment_id as id, a.recipient, a.street, a.postal_code, a.city, a.country, a.updated_at
from campaigns.delivery_address a
join campaigns.commitment c on c.tenant_id = a.tenant_id and c.id = a.commitment_id
where a.tenant_id = :tenant_id and c.member_id = :user_id and a.commitment_id > :after
order by a.commitment_id limit :most
""",
        erase=(
            """delete from campaigns.delivery_address a using campaigns.commitment c
            where a.tenant_id = :tenant_id and c.tenant_id = a.tenant_id
              and c.id = a.commitment_id and c.member_id = :user_id""",
        ),
    ),
    PersonalData(
        name="questions",
        title="Questions you asked",
        fate="erased",
        tables=("campaigns.question",),
        select="""
select id, campaign_id, text, asked_at, state, answer from campaigns.question
where tenant_id = :tenant_id and asked_by = :user_id and id > :after order by id limit :most
""",
        erase=(
            """update campaigns.question set text = :words, version = version + 1
            where tenant_id = :tenant_id and asked_by = :user_id and text <> :words""",
        ),
    ),
    PersonalData(
        name="issues",
        title="What you reported of a delivery, in your words",
        fate="erased",
        tables=("campaigns.issue",),
        why="That an issue was reported and how it was decided stays, with the money",
        select="""
select i.id, i.campaign_id, i.category, i.text, i.state, i.outcome, i.resolution, i.opened_at
from campaigns.issue i
where i.tenant_id = :tenant_id and i.opened_by = :user_id and i.id > :after
order by i.id limit :most
""",
        erase=(
            """update campaigns.issue set text = :words, version = version + 1
            where tenant_id = :tenant_id and opened_by = :user_id and text <> :words""",
        ),
    ),
    PersonalData(
        name="messages",
        title="Which messages of campaigns you were sent",
        fate="pseudonymised",
        tables=("campaigns.message",),
        why="They show that you were told; no address and no text is in them",
    ),
    PersonalData(
        name="work",
        title="What you did for campaigns: drafts, updates, answers, reviews, evidence",
        fate="pseudonymised",
        tables=(
            "campaigns.campaign", "campaigns.notice", "campaigns.public_update",
            "campaigns.fulfilment_event", "campaigns.exception", "campaigns.exception_entry",
            "campaigns.exception_evidence", "campaigns.dispute_file", "campaigns.evidence",
            "campaigns.milestone", "campaigns.supplier_proposal", "campaigns.review_opinion",
        ),
        why="It is the organisation's; who did it has no name any more",
        select="""
select id, campaign_id, title, text, published_at from campaigns.public_update
where tenant_id = :tenant_id and published_by = :user_id and id > :after order by id limit :most
""",
    ),
)  # fmt: skip

"""The people who run the platform: invited by mail, given rights, suspended. Never a password."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import NotFound
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish
from metatron.kernel.ids import PLATFORM_TENANT_ID, new_id
from metatron.platform.tenancy.admin_grants import check_may_give, read_grants
from metatron.platform.tenancy.announce import tell
from metatron.platform.tenancy.errors import (
    InvitationForOther,
    LinkInvalid,
    OperatorKnown,
    OwnOperator,
    TransitionRefused,
)
from metatron.platform.tenancy.events import OperatorChanged
from metatron.platform.tenancy.key_format import digest_of, random_text
from metatron.platform.tenancy.mail import queue_mail
from metatron.platform.tenancy.operator_facts import Grant, OperatorFacts
from metatron.platform.tenancy.tables import Operator, OperatorGrant

LINK_VALID = timedelta(hours=24)
LONGEST_TOKEN = 200
_PERSON = text("select email from identity.pub_user where id = :id and state = 'active'")


async def invite_operator(
    session: AsyncSession,
    context: Context,
    giver: OperatorFacts,
    *,
    email: str,
    display_name: str,
    grants: list[Grant],
    now: datetime,
) -> Operator:
    """Make an operator and mail a one-time link, good for 24 hours.

    Raises:
        GrantAboveOwnRights: the grants hold more than the giver has.
        OperatorKnown: the address belongs to an operator.
    """
    await check_may_give(session, giver, grants)
    operator = Operator(
        id=new_id(), email=email.strip().lower(), display_name=display_name.strip(), created_at=now
    )
    session.add(operator)
    try:
        await session.flush()
    except IntegrityError as error:
        raise OperatorKnown from error
    await _replace_grants(session, operator, grants)
    await _mail_link(session, context, operator, now)
    await _announce(session, context, operator, "invited", now)
    return operator


async def change_operator(
    session: AsyncSession,
    context: Context,
    giver: OperatorFacts,
    *,
    operator_id: UUID,
    display_name: str | None = None,
    grants: list[Grant] | None = None,
    if_match: str | None = None,
    now: datetime,
) -> Operator:
    """Rename an operator, or replace what they may do.

    Raises:
        NotFound: unknown, or outside the giver's scope.
        OwnOperator: the giver's own grants.
        GrantAboveOwnRights: old or new grants hold more than the giver has.
        VersionConflict: it has changed since it was read.
    """
    operator = await _load(session, giver, operator_id)
    check_if_match(if_match, operator.version)
    if grants is not None:
        _refuse_self(operator, giver)
        await check_may_give(session, giver, grants)
        await _replace_grants(session, operator, grants)
        await _announce(session, context, operator, "grants_replaced", now)
    if display_name is not None and display_name.strip() != operator.display_name:
        operator.display_name = display_name.strip()
        await _announce(session, context, operator, "renamed", now)
    return operator


async def suspend_operator(
    session: AsyncSession,
    context: Context,
    giver: OperatorFacts,
    *,
    operator_id: UUID,
    now: datetime,
) -> Operator:
    """End an operator's rights at once; an open link ends too.

    Raises:
        NotFound: unknown, or outside the giver's scope.
        OwnOperator: oneself.
        TransitionRefused: suspended before.
        GrantAboveOwnRights: the operator holds more than the giver.
    """
    operator = await _load(session, giver, operator_id)
    _refuse_self(operator, giver)
    if operator.state == "suspended":
        raise TransitionRefused("The operator is suspended.")
    operator.state, operator.link_digest, operator.link_expires_at = "suspended", None, None
    await _announce(session, context, operator, "suspended", now)
    return operator


async def activate_operator(
    session: AsyncSession,
    context: Context,
    giver: OperatorFacts,
    *,
    operator_id: UUID,
    now: datetime,
) -> Operator:
    """End a suspension; who has never accepted gets a new link. Refuses as `suspend_operator`."""
    operator = await _load(session, giver, operator_id)
    if operator.state != "suspended":
        raise TransitionRefused(f"The operator is {operator.state}.")
    operator.state = "active" if operator.user_id is not None else "invited"
    if operator.state == "invited":
        await _mail_link(session, context, operator, now)
    await _announce(session, context, operator, "activated", now)
    return operator


async def resend_link(
    session: AsyncSession,
    context: Context,
    giver: OperatorFacts,
    *,
    operator_id: UUID,
    now: datetime,
) -> Operator:
    """Mail a new link in place of the old one, to somebody who has not accepted yet."""
    operator = await _load(session, giver, operator_id)
    if operator.state != "invited":
        raise TransitionRefused(f"The operator is {operator.state}.")
    await _mail_link(session, context, operator, now)
    await _announce(session, context, operator, "link_sent", now)
    return operator


async def accept_link(
    session: AsyncSession, context: Context, *, token: str, now: datetime
) -> Operator:
    """Bind the signed-in person to the operator whose link this is; works once.

    Raises:
        LinkInvalid: unknown, used or expired.
        InvitationForOther: it was sent to another address.
    """
    assert context.actor_id is not None, "a signed-in person has an id"
    if not token or len(token) > LONGEST_TOKEN:
        raise LinkInvalid
    operator = await session.scalar(
        select(Operator).where(Operator.link_digest == digest_of(token)).with_for_update()
    )
    if operator is None or operator.state != "invited":
        raise LinkInvalid
    if operator.link_expires_at is None or operator.link_expires_at <= now:
        raise LinkInvalid
    email = (await session.execute(_PERSON, {"id": context.actor_id})).scalar_one_or_none()
    if email is None or email.lower() != operator.email:
        raise InvitationForOther
    operator.user_id, operator.state = context.actor_id, "active"
    operator.link_digest = operator.link_expires_at = None
    await _announce(session, context.for_tenant(PLATFORM_TENANT_ID), operator, "accepted", now)
    return operator


async def ensure_operator(
    session: AsyncSession,
    context: Context,
    *,
    user_id: UUID,
    email: str,
    display_name: str,
    now: datetime,
) -> UUID:
    """Make a person an active operator over everything, unless there is one by this address.

    For the first start of an installation; `session` is one of the system role.
    """
    made = await session.scalar(
        insert(Operator)
        .values(
            id=new_id(), user_id=user_id, email=email.lower(), display_name=display_name,
            state="active", version=1, created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Operator)
    )  # fmt: skip
    if made is None:
        found: UUID | None = await session.scalar(
            select(Operator.id).where(Operator.email == email.lower())
        )
        assert found is not None, "the person is an operator by another address"
        return found
    await _replace_grants(session, made, [Grant("all", frozenset(), "*", "*")])
    await _announce(session, context, made, "first", now)
    first: UUID = made.id
    return first


async def _load(session: AsyncSession, giver: OperatorFacts, operator_id: UUID) -> Operator:
    operator = await session.get(Operator, operator_id, with_for_update=True)
    if operator is None:
        raise NotFound
    await check_may_give(session, giver, await read_grants(session, operator_id))
    return operator


def _refuse_self(operator: Operator, giver: OperatorFacts) -> None:
    if operator.id == giver.operator_id:
        raise OwnOperator


async def _replace_grants(session: AsyncSession, operator: Operator, grants: list[Grant]) -> None:
    await session.execute(delete(OperatorGrant).where(OperatorGrant.operator_id == operator.id))
    session.add_all(
        OperatorGrant(
            operator_id=operator.id,
            scope=grant.scope,
            subject_ids=sorted(grant.subject_ids),
            resource=grant.resource,
            action=grant.action,
        )
        for grant in grants
    )
    await session.flush()


async def _mail_link(
    session: AsyncSession, context: Context, operator: Operator, now: datetime
) -> None:
    token = random_text(43)
    operator.link_digest, operator.link_expires_at = digest_of(token), now + LINK_VALID
    await queue_mail(
        session,
        context,
        to=operator.email,
        template="tenancy.operator_link",
        path=f"/operators/accept#token={token}",
        variables={"display_name": operator.display_name},
    )


async def _announce(
    session: AsyncSession, context: Context, operator: Operator, change: str, now: datetime
) -> None:
    operator.version += 1
    await session.flush()
    event = OperatorChanged(aggregate_id=operator.id, change=change)
    await publish(session, context, event, now=now)
    if operator.user_id is not None:
        await tell(session, f"user:{operator.user_id}")

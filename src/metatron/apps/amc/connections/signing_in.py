"""Signing in with Amazon: authorisation code with PKCE, for one person, once, within a while."""

import asyncio
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.amc.amazon.errors import AmazonError, GrantEnded, SignInRefused
from metatron.apps.amc.amazon.login import Proof, Tokens, new_proof
from metatron.apps.amc.amazon.places import Region
from metatron.apps.amc.connections import health
from metatron.apps.amc.connections.errors import (
    AmazonSaidNo,
    ConnectionNotFound,
    SignInNotValid,
    away,
)
from metatron.apps.amc.connections.events import ConnectionMoved
from metatron.apps.amc.connections.renewing import keep
from metatron.apps.amc.connections.site import site
from metatron.apps.amc.connections.syncing import SYNC_JOB
from metatron.apps.amc.connections.tables import (
    CONNECTING,
    DISCONNECTED,
    HEALTHY,
    Connection,
    SignIn,
)
from metatron.apps.amc.permissions import MANAGE
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.database.session import session_now
from metatron.kernel.errors import PermissionDenied
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id
from metatron.kernel.secrets import SecretUnreadable

LASTS = timedelta(minutes=20)
LONGEST_SECONDS = 20.0
"""For Amazon's tokens: well before the request itself is given up."""


@dataclass(frozen=True, slots=True)
class Started:
    """A sign-in that has begun; the address holds its state and is for the person's browser."""

    connection: Connection
    authorization_url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Asked:
    sign_in_id: UUID
    connection_id: UUID
    region: Region
    proof: Proof


async def connect(
    session: AsyncSession, context: Context, *, name: str, region: Region, now: datetime
) -> Started:
    """Begin a new connection.

    Raises:
        PermissionDenied: the actor may not connect accounts, or is no person.
    """
    _demand_person(context)
    connection = Connection(
        tenant_id=context.tenant_id,
        id=new_id(),
        name=name,
        region=region,
        state=CONNECTING,
        is_twin=site().is_stand_in,
        connected_by=context.actor_id,
        created_at=now,
    )
    session.add(connection)
    await session.flush()
    begun = ConnectionMoved(aggregate_id=connection.id, from_state="none", to_state=CONNECTING)
    await publish(session, context, begun, now=now)
    return await _begin(session, context, connection, now=now)


async def reconnect(
    session: AsyncSession, context: Context, *, connection_id: UUID, now: datetime
) -> Started:
    """Begin to sign in anew; what is there goes on until that is done.

    Raises:
        PermissionDenied: the actor may not connect accounts, or is no person.
        ConnectionNotFound: no connection of this organisation has the id.
    """
    context.demand(MANAGE)
    connection = await session.get(Connection, (context.tenant_id, connection_id))
    if connection is None:
        raise ConnectionNotFound
    _demand_person(context)
    return await _begin(session, context, connection, now=now)


async def complete(
    database: Database, context: Context, *, code: str, state: str, now: datetime
) -> UUID:
    """Exchange the code that Amazon gave the person's browser; returns the connection's id.

    Raises:
        PermissionDenied: the actor may not connect accounts, or is no person.
        SignInNotValid: state or code is unknown, used, too old, or another person's.
        AmazonSaidNo: Amazon does not know this installation.
        AmazonAway: no answer; the sign-in is kept, so that the same code can be sent once more.
    """
    _demand_person(context)
    async with database.transaction(context) as session:
        asked = await _use_up(session, context, state, now=now)
    here = site()
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            tokens = await here.login(asked.region).exchange(
                code, redirect_uri=here.redirect_uri, proof=asked.proof
            )
    except GrantEnded:
        raise SignInNotValid from None
    except SignInRefused as error:
        raise AmazonSaidNo(str(error)) from None
    except (AmazonError, TimeoutError) as error:
        await _kept(database, context, asked.sign_in_id)
        raise away(error) from None
    await _connected(database, context, asked.connection_id, tokens)
    return asked.connection_id


def _demand_person(context: Context) -> None:
    context.demand(MANAGE)
    if context.actor_kind != "user" or context.actor_id is None:
        raise PermissionDenied(MANAGE)


async def _begin(
    session: AsyncSession, context: Context, connection: Connection, *, now: datetime
) -> Started:
    here, state, proof = site(), secrets.token_urlsafe(32), new_proof()
    ended = delete(SignIn).where(SignIn.tenant_id == context.tenant_id, SignIn.expires_at < now)
    await session.execute(ended)
    session.add(
        SignIn(
            tenant_id=context.tenant_id,
            id=new_id(),
            connection_id=connection.id,
            user_id=context.actor_id,
            state_hash=_hash(state),
            sealed_verifier=here.box.seal(proof.verifier),
            expires_at=now + LASTS,
        )
    )
    await session.flush()
    url = here.login(cast("Region", connection.region)).consent_url(
        redirect_uri=here.redirect_uri, state=state, challenge=proof.challenge
    )
    return Started(connection, url)


async def _use_up(session: AsyncSession, context: Context, state: str, *, now: datetime) -> _Asked:
    query = (
        select(SignIn)
        .where(SignIn.tenant_id == context.tenant_id, SignIn.state_hash == _hash(state))
        .with_for_update()
    )
    sign_in = (await session.execute(query)).scalar_one_or_none()
    # Another person's attempt does not use it up.
    if sign_in is None or sign_in.user_id != context.actor_id:
        raise SignInNotValid
    if sign_in.used_at is not None or sign_in.expires_at <= now:
        raise SignInNotValid
    connection = await session.get(Connection, (context.tenant_id, sign_in.connection_id))
    assert connection is not None, "a sign-in goes with its connection"
    try:
        proof = Proof(site().box.open(sign_in.sealed_verifier))
    except SecretUnreadable:
        raise SignInNotValid from None
    sign_in.used_at = now
    await session.flush()
    return _Asked(sign_in.id, connection.id, cast("Region", connection.region), proof)


async def _kept(database: Database, context: Context, sign_in_id: UUID) -> None:
    """Let a sign-in be completed after all: Amazon takes the code once, whoever repeats it."""
    async with database.transaction(context) as session:
        sign_in = await session.get(SignIn, (context.tenant_id, sign_in_id), with_for_update=True)
        if sign_in is not None:
            sign_in.used_at = None


async def _connected(
    database: Database, context: Context, connection_id: UUID, tokens: Tokens
) -> None:
    async with database.transaction(context) as session:
        key = (context.tenant_id, connection_id)
        connection = await session.get(Connection, key, with_for_update=True)
        if connection is None:
            raise SignInNotValid
        now = await session_now(session)
        keep(connection, tokens, now=now)
        connection.is_twin = site().is_stand_in
        connection.connected_by = context.actor_id
        await health.move(session, context, connection, to=HEALTHY, reason=None, now=now)
        await enqueue(session, context, SYNC_JOB, connection_id=connection.id)


async def disconnect(
    session: AsyncSession, context: Context, *, connection_id: UUID, now: datetime
) -> None:
    """Forget the tokens; accounts, instances and their runs stay to be read.

    A connection that was never signed in is deleted.

    Raises:
        PermissionDenied: the actor may not connect accounts.
        ConnectionNotFound: no connection of this organisation has the id.
    """
    context.demand(MANAGE)
    key = (context.tenant_id, connection_id)
    connection = await session.get(Connection, key, with_for_update=True)
    if connection is None:
        raise ConnectionNotFound
    if connection.token_number == 0:
        await session.delete(connection)
        await session.flush()
        ended = ConnectionMoved(
            aggregate_id=connection_id, from_state=connection.state, to_state="deleted"
        )
        await publish(session, context, ended, now=now)
        return
    connection.sealed_access = connection.sealed_refresh = None
    connection.access_expires_at = None
    # Whoever renews the token just now must not bring it back.
    connection.token_number += 1
    connection.refreshing_until = connection.refresh_again_at = None
    await health.move(session, context, connection, to=DISCONNECTED, reason=None, now=now)


def _hash(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()

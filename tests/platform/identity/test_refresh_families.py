"""A state machine over refresh families, against a model, with the instant as an argument."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.kernel.settings import Settings
from metatron.platform.identity.errors import InvalidRefreshToken, RefreshTokenReused
from metatron.platform.identity.interface import ensure_user
from metatron.platform.identity.one_time_secrets import new_secret, secret_hash
from metatron.platform.identity.refresh import rotate
from metatron.platform.identity.sessions import first_refresh_token, open_session
from metatron.platform.identity.tables import LoginSession
from tests.support.people import new_email

START = datetime(2026, 1, 1, tzinfo=UTC)
GRACE, IDLE, ABSOLUTE = timedelta(seconds=10), timedelta(days=7), timedelta(days=30)

WAITS = [0, 0, 4, 6, 9, 11, 3_600, 3 * 86_400, 6 * 86_400, 8 * 86_400]


@dataclass
class Known:
    """What the model remembers of one token."""

    secret: str
    generation: int
    expires_at: datetime
    used_at: datetime | None = None


@dataclass
class Family:
    session_id: UUID
    is_open: bool = True
    tokens: list[Known] = field(default_factory=list)


class RefreshFamilies(RuleBasedStateMachine):
    loop: asyncio.AbstractEventLoop
    database: Database
    tokens: Bundle[Known] = Bundle("tokens")

    @initialize(target=tokens)
    def sign_in(self) -> Known:
        self.now = START
        secret = new_secret()
        self.family = Family(self.loop.run_until_complete(self._open(secret)))
        known = Known(secret, 1, START + IDLE)
        self.family.tokens.append(known)
        return known

    async def _open(self, secret: str) -> UUID:
        context = system_context()
        async with self.database.transaction(context) as session:
            user_id = await ensure_user(
                session, email=new_email(), display_name="X", verified=True, now=START
            )
            login = open_session(
                session,
                context,
                user_id=user_id,
                tenant_id=PLATFORM_TENANT_ID,
                method="password",
                mfa_pending=False,
                now=START,
            )
            await session.flush()
            first_refresh_token(session, login, secret_hash(secret), now=START)
            return login.id

    @rule(target=tokens, token=tokens, seconds=st.sampled_from(WAITS))
    def refresh(self, token: Known, seconds: int) -> Known:
        self.now += timedelta(seconds=seconds)
        expected = self._expected(token)
        try:
            rotation = self.loop.run_until_complete(
                rotate(self.database, system_context(), token.secret, now=self.now)
            )
        except RefreshTokenReused:
            assert expected == "reused"
            self.family.is_open = False
            return token
        except InvalidRefreshToken:
            assert expected in {"ended", "expired"}
            return token
        assert expected == "rotated"
        if token.used_at is None:
            for other in self.family.tokens:
                if other.used_at is None and other.generation <= token.generation:
                    other.used_at = self.now
        ends = min(self.now + IDLE, START + ABSOLUTE)
        assert rotation.expires_at == ends
        known = Known(rotation.secret, token.generation + 1, ends)
        self.family.tokens.append(known)
        return known

    def _expected(self, token: Known) -> str:
        if not self.family.is_open or self.now >= START + ABSOLUTE:
            return "ended"
        if token.used_at is not None and token.used_at + GRACE < self.now:
            return "reused"
        if token.expires_at <= self.now:
            return "expired"
        return "rotated"

    @invariant()
    def the_session_is_open_unless_a_copy_was_found(self) -> None:
        if not hasattr(self, "family"):
            return
        state = self.loop.run_until_complete(self._state())
        assert state == ("active" if self.family.is_open else "revoked")

    async def _state(self) -> str | None:
        async with self.database.transaction(system_context()) as session:
            return await session.scalar(
                select(LoginSession.state).where(LoginSession.id == self.family.session_id)
            )


def test_refresh_families(settings: Settings) -> None:
    loop = asyncio.new_event_loop()
    try:
        RefreshFamilies.loop = loop
        RefreshFamilies.database = loop.run_until_complete(Database.open(settings))
        RefreshFamilies.TestCase.settings = hypothesis_settings(
            max_examples=80,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        RefreshFamilies.TestCase().runTest()
        loop.run_until_complete(RefreshFamilies.database.close())
    finally:
        loop.close()


async def test_a_session_ends_after_30_days_however_often_it_is_refreshed(
    database: Database,
) -> None:
    machine = RefreshFamilies()
    machine.database = database
    secret = new_secret()
    await machine._open(secret)
    for day in (6, 12, 18, 24, 29):
        rotation = await rotate(database, system_context(), secret, now=START + timedelta(days=day))
        secret = rotation.secret
    assert rotation.expires_at == rotation.subject.session_ends_at == START + ABSOLUTE
    with pytest.raises(InvalidRefreshToken):
        await rotate(database, system_context(), secret, now=START + ABSOLUTE)

"""The key folder: made once, mode 0600, rotated with an overlap."""

import asyncio
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import jwt
import pytest

from metatron.kernel.ids import PLATFORM_TENANT_ID, new_id
from metatron.kernel.settings import Settings
from metatron.kernel.tokens import TokenVerifier, UnknownKey, key_set
from metatron.platform.identity.access_tokens import TokenIssuer, TokenSubject
from metatron.platform.identity.commands import rotate_keys
from metatron.platform.identity.keys import KeyRing, rotate
from metatron.platform.identity.public_keys import publish_keys
from tests.support.people import Door, new_email

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def _kids(ring: KeyRing, now: datetime) -> set[str]:
    return {key.kid for key, _ in ring.published(now=now)}


def test_keys_are_made_once_however_many_processes_start(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    with ThreadPoolExecutor(4) as pool:
        rings = list(pool.map(lambda _: KeyRing(folder, now=START), range(4)))
    assert len({frozenset(_kids(ring, START)) for ring in rings}) == 1
    assert len(_kids(rings[0], START)) == 2
    for file in folder.glob("*.pem"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    KeyRing(tmp_path, now=START)
    next(tmp_path.glob("*.pem")).chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        KeyRing(tmp_path, now=START)


def test_rotation_overlaps(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path, now=START)
    old = ring.signer("RS256", now=START).kid
    rotated = START + 60 * MINUTE
    made = rotate(tmp_path, now=rotated)
    assert len(made) == 2
    # Published at once, signing later; the old one stays until its last token is over.
    for minutes, signs, published in (
        (1, old, {old, *made}),
        (9, old, {old, *made}),
        (11, made[0], {old, *made}),
        (60, made[0], {old, *made}),
        (86, made[0], set(made)),
    ):
        now = rotated + minutes * MINUTE
        assert ring.signer("RS256", now=now).kid == signs, minutes
        assert published <= _kids(ring, now), minutes
        assert (old in _kids(ring, now)) == (old in published)
    rotate(tmp_path, now=rotated + 120 * MINUTE)
    assert not list(tmp_path.glob(f"*{old}*"))


def test_a_token_signed_before_a_rotation_is_verified_after_it(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path, now=START)
    issuer = TokenIssuer(ring, "https://suite.example")
    subject = TokenSubject(new_id(), PLATFORM_TENANT_ID, new_id(), 1, START + timedelta(days=30))
    before = issuer.access_token(subject, now=START).text
    rotate(tmp_path, now=START + MINUTE)
    later = START + 12 * MINUTE
    after = issuer.access_token(subject, now=later).text
    assert jwt.get_unverified_header(before)["kid"] != jwt.get_unverified_header(after)["kid"]
    keys = key_set(json.dumps(ring.document(now=later)).encode())
    verifier = TokenVerifier(issuer="https://suite.example", audience="metatron", keys=keys)
    for token in (before, after):
        assert verifier.verify(token, now=later.timestamp()).subject == subject.user_id
    only_old = key_set(
        json.dumps(KeyRing(tmp_path / "other", now=START).document(now=START)).encode()
    )
    verifier.set_keys(only_old)
    with pytest.raises(UnknownKey):
        verifier.verify(after, now=later.timestamp())


async def test_the_gate_learns_a_new_key_by_itself(door: Door, tmp_path: Path) -> None:
    client = await door.signed_in(new_email())
    desk = door.app.state.identity_desk
    old_ring = desk.issuer.ring
    now = datetime.now(UTC)
    other = KeyRing(tmp_path / "more", now=now)
    desk.issuer.ring = other
    try:
        token = (await client.post("/auth/refresh", json={})).json()["access_token"]
        await publish_keys(door.database, other)
        for _ in range(40):
            answer = await client.get("/auth/me", headers={"authorization": f"Bearer {token}"})
            if answer.is_success:
                break
            await asyncio.sleep(0.1)
        assert answer.status_code == 200
    finally:
        desk.issuer.ring = old_ring
    assert (await client.get("/auth/me")).status_code == 200  # the old key still counts


async def test_the_command_publishes_successors(door: Door, settings: Settings) -> None:
    made = await rotate_keys(settings)
    jwks = (await door.browser().get(f"{settings.public_url}/.well-known/jwks.json")).json()
    published = {row["kid"] for row in await _published(door)}
    assert set(made) <= published
    client = await door.signed_in(new_email())
    header = jwt.get_unverified_header(client.headers["authorization"].removeprefix("Bearer "))
    assert header["kid"] not in made  # they sign in ten minutes
    assert header["kid"] in {key["kid"] for key in jwks["keys"]}


async def _published(door: Door) -> list[asyncpg.Record]:
    return await door.database.system.fetch("select kid from identity.pub_signing_key")

"""Invitations through the API: accepted once, by whom they were sent to, and not too many."""

import asyncio
from uuid import UUID

import httpx
import pytest

from metatron.kernel.database.database import Database
from metatron.platform.tenancy import invited_lately
from metatron.platform.tenancy.errors import InvitationForOther, InvitationInvalid
from metatron.platform.tenancy.interface import (
    accept_invitation,
    memberships_of,
    system_role_id,
)
from metatron.platform.tenancy.key_format import digest_of, random_text
from tests.support.people import Door, new_email

PARTICIPANT, AUDITOR = str(system_role_id("participant")), str(system_role_id("auditor"))


async def _owner(door: Door) -> tuple[httpx.AsyncClient, UUID]:
    email = new_email("owner")
    facts = await door.organisation(email)
    return await door.signed_in(email, facts.id, ("owner",)), facts.id


def _code(answer: httpx.Response) -> str:
    return str(answer.json()["code"])


async def _invite(
    client: httpx.AsyncClient, database: Database, email: str, **body: object
) -> tuple[str, str]:
    """An invitation whose token the test knows: only its digest is kept, so it is set anew."""
    made = await client.post(
        "/invitations", json={"email": email, "role_ids": [PARTICIPANT]} | body
    )
    assert made.status_code == 201, made.text
    token = random_text(43)
    await database.system.execute(
        "update tenancy.secret_digest set digest = $2 where subject_id = $1",
        UUID(made.json()["id"]),
        digest_of(token),
    )
    await database.system.execute(
        "update tenancy.invitation set token_digest = $2 where id = $1",
        UUID(made.json()["id"]),
        digest_of(token),
    )
    return str(made.json()["id"]), token


async def test_fifty_parallel_accepts_have_one_winner(door: Door, database: Database) -> None:
    client, tenant_id = await _owner(door)
    email = new_email("guest")
    user_id = await door.person(email)
    _, token = await _invite(client, database, email)

    async def accept() -> bool:
        try:
            await accept_invitation(database, presented=token, user_id=user_id, email=email)
        except InvitationInvalid:
            return False
        return True

    assert sum(await asyncio.gather(*(accept() for _ in range(50)))) == 1
    [membership] = await memberships_of(database, user_id)
    assert (membership.tenant_id, membership.roles) == (tenant_id, ("participant",))


async def test_an_invitation_is_bound_to_its_address(door: Door, database: Database) -> None:
    client, _ = await _owner(door)
    email, other = new_email("guest"), new_email("other")
    user_id = await door.person(other)
    invitation_id, token = await _invite(client, database, email)
    with pytest.raises(InvitationForOther):
        await accept_invitation(database, presented=token, user_id=user_id, email=other)
    pending = await client.post("/invitations", json={"email": email, "role_ids": [AUDITOR]})
    assert _code(pending) == "invitation_pending"
    assert (await client.delete(f"/invitations/{invitation_id}")).status_code == 204
    assert (await client.delete(f"/invitations/{invitation_id}")).status_code == 404
    with pytest.raises(InvitationInvalid):
        await accept_invitation(database, presented=token, user_id=user_id, email=email)
    await database.system.execute(
        "update tenancy.invitation set expires_at = now() - interval '1 s' where id = $1",
        UUID((await _invite(client, database, email))[0]),
    )
    assert (
        await client.post("/invitations", json={"email": email, "role_ids": [AUDITOR]})
    ).status_code == 201


async def test_of_many_invitations_at_once_one_leaves(door: Door) -> None:
    """Two that did not see each other were answered with a fault of ours."""
    client, _ = await _owner(door)
    asked = {"email": new_email("guest"), "role_ids": [PARTICIPANT]}
    answers = await asyncio.gather(*(client.post("/invitations", json=asked) for _ in range(12)))
    refused = [_code(each) for each in answers if each.status_code != 201]
    assert refused == ["invitation_pending"] * 11


async def _sent_and_withdrawn(client: httpx.AsyncClient, email: str) -> httpx.Response:
    made = await client.post("/invitations", json={"email": email, "role_ids": [PARTICIPANT]})
    if made.status_code == 201:
        await client.delete(f"/invitations/{made.json()['id']}")
    return made


async def test_nobody_is_written_to_without_end(door: Door) -> None:
    """Inviting and withdrawing in turns filled a stranger's box: 284 mails in eleven seconds."""
    client, _ = await _owner(door)
    stranger = new_email("stranger")
    for _ in range(3):
        assert (await _sent_and_withdrawn(client, stranger)).status_code == 201
    for spelled in (stranger, stranger.upper()):
        refused = await _sent_and_withdrawn(client, spelled)
        assert (refused.status_code, _code(refused)) == (429, "too_many_invitations")
        assert 86_000 < int(refused.headers["retry-after"]) <= 86_401
    assert (await _sent_and_withdrawn(client, new_email("other"))).status_code == 201
    elsewhere, _ = await _owner(door)
    assert (await _sent_and_withdrawn(elsewhere, stranger)).status_code == 201


async def test_an_organisation_invites_so_many_a_day(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invited_lately, "PER_ORGANISATION", 5)
    client, _ = await _owner(door)
    sent = await asyncio.gather(
        *(_sent_and_withdrawn(client, new_email("stranger")) for _ in range(20))
    )
    assert sorted(each.status_code for each in sent) == [201] * 5 + [429] * 15

"""What is over is forgotten; what is not, stays."""

from datetime import timedelta

from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.platform.identity.jobs import prune
from tests.support.people import Door, new_email


async def test_pruning(door: Door) -> None:
    email = new_email()
    client = await door.signed_in(email)
    await door.browser().post("/auth/send-magic-link", json={"email": email})
    mine = {"e": email, "u": await door.person(email)}

    async def count(table: str, where: str) -> int:
        async with door.database.transaction(system_context()) as session:
            found = await session.scalar(
                text(f"select count(*) from identity.{table} where {where}"), mine
            )
            return int(found)

    async def pass_by(days: int) -> None:
        async with door.database.transaction(system_context()) as session:
            await prune(session, system_context(), now=utc_now() + timedelta(days=days))

    assert await count("one_time_token", "email = :e") == 1
    await pass_by(0)
    assert await count("one_time_token", "email = :e") == 1
    await pass_by(2)
    assert await count("one_time_token", "email = :e") == 0
    assert await count("session", "user_id = :u") == 1
    assert (await client.post("/auth/refresh", json={})).is_success
    await pass_by(61)
    assert await count("session", "user_id = :u") == 0
    assert (await client.post("/auth/refresh", json={})).status_code == 401

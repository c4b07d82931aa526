"""The hot campaign as the application runs it: members call at once, the micro-batcher books."""

import asyncio
import random
import time
from uuid import UUID

from pydantic import SecretStr

from bench.ledger.stand import ACCOUNTS, HOT, WORDS, Stand, ours_id
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.ledger.interface import Batcher, CreateTransferStatus, Transfer


def into_one_account(place: Stand, *, callers: int, seconds: int) -> tuple[float, int]:
    """Let `callers` members at a time book into one account; returns the rate and how many."""
    return asyncio.run(_run(place, callers, seconds))


async def _run(place: Stand, callers: int, seconds: int) -> tuple[float, int]:
    settings = Settings(
        database_url=SecretStr(place.server.dsn("metatron_app")),
        database_system_url=SecretStr(place.server.dsn("metatron_system")),
    )
    database = await Database.open(settings)
    batcher = Batcher(database)
    context = system_context(UUID(place.tenant))
    hot = UUID(ours_id(HOT))
    members = [UUID(ours_id(number)) for number in range(1, ACCOUNTS + 1)]
    why, where_to, triggered_by = WORDS
    done = 0
    begun = time.monotonic()

    async def lane() -> None:
        nonlocal done
        while time.monotonic() < begun + seconds:
            transfer = Transfer(
                id=new_id(), debit_account_id=random.choice(members), credit_account_id=hot,
                amount=2_500, ledger=978, code=1, why=why, where_to=where_to,
                triggered_by=triggered_by,
            )  # fmt: skip
            [result] = await batcher.book(context, "campaign", [transfer])
            assert result.status is CreateTransferStatus.CREATED
            done += 1

    await asyncio.gather(*(lane() for _ in range(callers)))
    took = time.monotonic() - begun
    await batcher.close()
    await database.close()
    return done / took, done

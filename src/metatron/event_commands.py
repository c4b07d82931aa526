"""`metatron events`: the streams of events in Redis."""

import asyncio
import os
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer

from metatron.kernel.clock import utc_now
from metatron.kernel.redis_door import RedisAway, RedisDoor, open_redis
from metatron.kernel.settings import Settings
from metatron.kernel.streams import carrying
from metatron.kernel.streams.following import Follower
from metatron.kernel.streams.replay import replay

app = typer.Typer(no_args_is_help=True, help="Events over Redis Streams.")
Module = Annotated[str, typer.Option(help="The module that announces them.")]
_STREAMS = "select module, last_number, published from kernel.stream order by module"
_GROUPS = "select name, number from kernel.stream_group where module = $1 order by name"


def _door(settings: Settings) -> RedisDoor:
    door = open_redis(settings)
    if door is None:
        typer.echo("cause: no Redis is configured; remedy: set METATRON_REDIS_URL", err=True)
        raise typer.Exit(1)
    return door


@app.command("list")
def list_command(context: typer.Context) -> None:
    """List the streams: newest number, how many Redis has not, what groups of ours lack."""
    asyncio.run(_list(Settings(), context.obj))


async def _list(settings: Settings, compose: Any) -> None:
    from metatron.platform.tenancy.interface import open_for_command  # noqa: PLC0415

    async with open_for_command(settings, compose) as database:
        door = _door(settings)
        for row in await database.system.fetch(_STREAMS):
            module, last = row["module"], row["last_number"]
            try:
                missing = str(last - await carrying.top_of(door, module))
            except RedisAway:
                missing = "unknown"
            line = f"{carrying.key_of(module)}\tlast {last}\tnot in Redis {missing}"
            for group in await database.system.fetch(_GROUPS, module):
                line += f"\t{group['name']} lacks {last - group['number']}"
            typer.echo(line)
        await door.close()


@app.command("replay")
def replay_command(
    context: typer.Context,
    module: Module,
    since: Annotated[datetime, typer.Option("--from", help="Announced from then on (UTC).")],
    until: Annotated[
        datetime | None, typer.Option("--to", help="Announced before; until now without it.")
    ] = None,
    tenant: Annotated[UUID | None, typer.Option(help="Of this organisation alone.")] = None,
) -> None:
    """Send events over their stream once more, from PostgreSQL; the running worker carries them."""
    from metatron.platform.tenancy.interface import open_for_command  # noqa: PLC0415

    settings = Settings()
    end = utc_now() if until is None else until.replace(tzinfo=UTC)

    async def run() -> int:
        async with open_for_command(settings, context.obj) as database:
            begin = since.replace(tzinfo=UTC)
            return await replay(database, module, since=begin, until=end, tenant_id=tenant)

    count = asyncio.run(run())
    typer.echo(f"{count} events of {module} go over {carrying.key_of(module)} once more")
    if count > settings.stream_length:
        typer.echo(
            f"cause: a stream keeps {settings.stream_length} entries, so the first are trimmed;"
            " remedy: replay shorter times one after the other, or raise METATRON_STREAM_LENGTH",
            err=True,
        )


@app.command("follow")
def follow_command(
    module: Module,
    group: Annotated[str, typer.Option(help="Consumers of one group share the entries.")],
    consumer: Annotated[str, typer.Option(help="Which of the group's this is.")] = "first",
    after: Annotated[
        int | None,
        typer.Option(min=0, help="Where a new group begins: after this number, 0 is the oldest."),
    ] = None,
    most: Annotated[int | None, typer.Option(min=1, help="End after so many.")] = None,
) -> None:
    """Print a stream's entries, one JSON object a line, for ever; needs Redis alone.

    An entry is acknowledged once its line is written. After a crash the last line may come again,
    with the same number: numbers only grow.
    """
    door = _door(Settings())
    follower = Follower(door, module, group, consumer=consumer, after=after)

    async def run() -> None:
        left = most
        async for entry in follower.entries():
            _write(entry)
            left = None if left is None else left - 1
            if left == 0:
                await follower.acknowledge(entry["number"])
                break
        await door.close()

    asyncio.run(run())


def _write(entry: dict[str, Any]) -> None:
    line = orjson.dumps(entry) + b"\n"
    while line:
        line = line[os.write(1, line) :]

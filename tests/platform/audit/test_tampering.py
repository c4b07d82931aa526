"""Whatever the owner of the database does to the log, `verify` names it."""

import json

import pytest
from typer.testing import CliRunner

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.ids import new_id
from metatron.platform.audit.canonical import GENESIS, seal_hash
from metatron.platform.audit.command import app
from metatron.platform.audit.verification import Report
from tests.platform.audit.conftest import Log, kinds


async def sealed_log(log: Log) -> list[str]:
    ids = [str(event_id) for event_id in await log.fill()]
    await log.seal()
    await log.sealer.checkpoint()
    before = await log.verify()
    assert before.intact
    assert (before.sealed, before.unsealed, before.checkpoints) == (6, 0, 2)
    return ids


async def test_an_edit(log: Log) -> None:
    ids = await sealed_log(log)
    edit = "update kernel.event set {change} where id = '{id}'"
    for change in (
        "payload = jsonb_set(payload, '{{words}}', '\"other\"')",
        "actor_id = gen_random_uuid()",
        "occurred_at = occurred_at + interval '1 microsecond'",
        "recorded_at = recorded_at + interval '1 microsecond'",
        "name = 'kernel.thing_done.v1'",
    ):
        statement = edit.replace("{change}", change)
        await log.tamper(statement, id=ids[2])
        report = await log.verify()
        assert [(f.kind, f.sequence, str(f.event_id)) for f in report.findings] == [
            ("event_changed", 3, ids[2])
        ]


async def test_an_edit_in_the_last_digit_of_a_long_number(log: Log) -> None:
    event_id = await log.note("figures", amount=1)
    await log.tamper(
        "update kernel.event set payload = '{{\"n\": 1.00000000000000000001}}' where id = '{id}'",
        id=event_id,
    )
    await log.seal()
    assert (await log.verify()).intact
    await log.tamper(
        "update kernel.event set payload = '{{\"n\": 1.00000000000000000002}}' where id = '{id}'",
        id=event_id,
    )
    assert kinds(await log.verify()) == {"event_changed"}


async def test_a_deletion(log: Log) -> None:
    ids = await sealed_log(log)
    await log.tamper("delete from kernel.event where id = '{id}'", id=ids[3])
    assert kinds(await log.verify()) == {"event_deleted"}


async def test_a_deletion_with_its_seal(log: Log) -> None:
    ids = await sealed_log(log)
    await log.tamper(
        "delete from kernel.event where id = '{id}'",
        "delete from audit.seal where event_id = '{id}'",
        id=ids[3],
    )
    assert "seal_missing" in kinds(await log.verify())


INSERT = """
insert into kernel.event (tenant_id, id, name, aggregate_id, actor_kind, request_id, payload,
  occurred_at, recorded_at, transaction_id)
select tenant_id, uuidv7(), name, aggregate_id, actor_kind, request_id,
  '{{"words": "smuggled in"}}', occurred_at, {recorded_at}, {transaction_id}
from kernel.event where id = '{id}'
"""


async def test_an_insertion_among_old_events(log: Log) -> None:
    """Made to look as if it had been written in the transaction of an old one."""
    ids = await sealed_log(log)
    await log.tamper(INSERT, id=ids[2], recorded_at="recorded_at", transaction_id="transaction_id")
    assert kinds(await log.verify()) == {"event_inserted"}
    await log.seal()
    assert kinds(await log.verify()) == {"event_inserted"}, "the sealer does not launder it"


async def test_an_insertion_dated_back(log: Log) -> None:
    ids = await sealed_log(log)
    await log.tamper(
        INSERT,
        id=ids[2],
        recorded_at="recorded_at - interval '1 day'",
        transaction_id="pg_current_xact_id()",
    )
    assert kinds(await log.verify()) == {"event_inserted"}
    await log.seal()
    report = await log.verify()
    assert [(f.kind, f.sequence) for f in report.findings] == [("event_inserted", 7)]


async def test_an_insertion_with_a_seal_in_the_middle(log: Log) -> None:
    ids = await sealed_log(log)
    await log.tamper(
        INSERT,
        "update audit.seal set sequence = sequence + 100 where sequence > 3",
        "update audit.seal set sequence = sequence - 99 where sequence > 100",
        "insert into audit.seal select tenant_id, 4, (select id from kernel.event where"
        " payload->>'words' = 'smuggled in'), previous_hash, hash, sealed_at"
        " from audit.seal where sequence = 3",
        id=ids[2],
        recorded_at="recorded_at",
        transaction_id="transaction_id",
    )
    assert {"order_changed", "tail_regrown"} <= kinds(await log.verify())


async def test_a_reordering_of_seals(log: Log) -> None:
    await sealed_log(log)
    await log.tamper(
        "update audit.seal set sequence = 99 where sequence = 2",
        "update audit.seal set sequence = 2 where sequence = 3",
        "update audit.seal set sequence = 3 where sequence = 99",
    )
    assert "order_changed" in kinds(await log.verify())


async def test_a_reordering_of_events(log: Log) -> None:
    ids = await sealed_log(log)
    await log.tamper(
        "alter table kernel.event alter column position drop identity",
        "update kernel.event a set position = b.position from kernel.event b"
        " where (a.id, b.id) in (('{one}', '{two}'), ('{two}', '{one}'))",
        one=ids[1],
        two=ids[4],
    )
    top = await log.database.system.fetchval("select max(position) from kernel.event")
    await log.tamper(
        "alter table kernel.event alter column position"
        f" add generated always as identity (start with {top + 1})"
    )
    report = await log.verify()
    assert [(f.kind, f.sequence) for f in report.findings] == [
        ("event_changed", 2), ("event_changed", 5)
    ]  # fmt: skip


async def cut(log: Log, keep: int) -> None:
    await log.tamper(
        "delete from kernel.event where id in (select event_id from audit.seal"
        " where sequence > {keep})",
        "delete from audit.seal where sequence > {keep}",
        "delete from audit.checkpoint where count > {keep}",
        keep=keep,
    )


@pytest.mark.parametrize("keep", [0, 4])
async def test_a_cut_tail(log: Log, keep: int) -> None:
    await sealed_log(log)
    await cut(log, keep)
    report = await log.verify()
    assert [(f.kind, f.sequence) for f in report.findings] == [("tail_cut", 6)]


async def test_a_cut_and_regrown_tail(log: Log) -> None:
    """The honest sealer itself seals what was put in the place of the old tail."""
    await sealed_log(log)
    await cut(log, 4)
    await log.fill(5)
    await log.seal()
    await log.sealer.checkpoint()
    report = await log.verify()
    assert report.sealed == 9
    assert [(f.kind, f.sequence) for f in report.findings] == [("tail_regrown", 6)]


async def test_a_whole_chain_computed_anew(log: Log) -> None:
    """An enemy who knows the algorithm edits an event and rehashes every seal."""
    ids = await sealed_log(log)
    await log.tamper("update kernel.event set payload = '{{}}' where id = '{id}'", id=ids[0])
    rows = await log.database.system.fetch(
        "select s.sequence, s.sealed_at, e.* from audit.seal s join kernel.event e"
        " on e.id = s.event_id where s.tenant_id = $1 order by s.sequence",
        log.context.tenant_id,
    )
    previous, statements = GENESIS, []
    for row in rows:
        fresh = seal_hash(
            row, sequence=row["sequence"], previous=previous, sealed_at=row["sealed_at"]
        )
        statements.append(
            f"update audit.seal set previous_hash = '\\x{previous.hex()}',"
            f" hash = '\\x{fresh.hex()}' where sequence = {row['sequence']}"
        )
        previous = fresh
    await log.tamper(*statements)
    assert kinds(await log.verify()) == {"tail_regrown"}
    await log.tamper(f"update audit.checkpoint set head = '\\x{previous.hex()}' where count = 6")
    assert kinds(await log.verify()) == {"tail_regrown", "checkpoint_forged"}


async def test_a_checkpoint_of_a_strange_key(log: Log) -> None:
    await sealed_log(log)
    file = log.settings.data_dir / "checkpoints" / f"{log.context.tenant_id}.jsonl"
    line = json.loads(file.read_text())
    file.write_text(file.read_text() + json.dumps(line | {"count": 5}) + "\n")
    assert kinds(await log.verify()) == {"checkpoint_forged"}


async def test_only_the_tenant_concerned_is_reported(log: Log) -> None:
    other = system_context(new_id())
    await log.note("theirs", other)
    ids = await sealed_log(log)
    await log.tamper("delete from kernel.event where id = '{id}'", id=ids[0])
    assert (await log.verify(other)).intact
    assert not (await log.verify()).intact


async def test_the_command(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    ids = await sealed_log(log)
    monkeypatch.setenv(
        "METATRON_DATABASE_SYSTEM_URL", log.settings.database_system_url.get_secret_value()
    )
    monkeypatch.setenv("METATRON_DATA_DIR", str(log.settings.data_dir))
    all_of_them = await asyncio.to_thread(CliRunner().invoke, app, ["verify"])
    assert str(log.context.tenant_id) in all_of_them.output
    good = await asyncio.to_thread(
        CliRunner().invoke, app, ["verify", "--tenant", str(log.context.tenant_id)]
    )
    assert good.exit_code == 0, good.output
    assert "intact  sealed 6  unsealed 0  checkpoints 2" in good.output
    await log.tamper("delete from kernel.event where id = '{id}'", id=ids[0])
    tenant = str(log.context.tenant_id)
    bad = await asyncio.to_thread(CliRunner().invoke, app, ["verify", "--tenant", tenant])
    assert bad.exit_code == 1
    assert f"event_deleted  seal 1  event {ids[0]}" in bad.output


def test_a_report_is_bounded() -> None:
    report = Report(new_id())
    for _ in range(1_000):
        report.find("event_changed", "x")
    assert len(report.findings) == 100
    assert utc_now().tzinfo is not None

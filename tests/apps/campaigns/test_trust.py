"""What outsiders can check: proofs of commitments and the audit bundle."""

import asyncio
import csv
import hashlib
import io
import json
import subprocess
import sys
import tempfile
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import text

from metatron.apps.campaigns.errors import CampaignNotFound, CommitmentNotFound
from metatron.apps.campaigns.events import RefundMoved
from metatron.apps.campaigns.talk.updates import publish_update
from metatron.apps.campaigns.trust import tables_told, transfers
from metatron.apps.campaigns.trust.bundle import NAMES, request_bundle, write_bundle
from metatron.apps.campaigns.trust.proof import proof_of_commitment
from metatron.kernel.context import Context, system_context
from metatron.kernel.errors import PermissionDenied
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.audit import proofs
from metatron.platform.audit.keys import published_keys
from metatron.platform.audit.sealer import Sealer
from metatron.platform.ledger.checking import check_books
from tests.apps.campaigns.stage import Stage

SCRIPT = Path(__file__).parents[3] / "examples" / "verify_commitment.py"
_LEFT = """
select exists (select from kernel.event e where e.tenant_id = $1 and not exists (
  select from audit.seal s where s.tenant_id = e.tenant_id and s.event_id = e.id))
"""


_MANY = """
insert into campaigns.commitment
select (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(),
  'reference', 'X' || n, 'member_id', gen_random_uuid(),
  'state', 'placed', 'last_transition', 'place', 'transition_count', 1,
  'captured_minor', null))).*
from campaigns.commitment m, generate_series(1, :many) n where m.id = :id
"""


async def seal(stage: Stage, settings: Settings) -> None:
    """Seal and sign all that stands; transactions of other tests hold the sealer up."""
    sealer = Sealer(stage.database.outboxes, settings.data_dir)
    async with asyncio.timeout(60):
        while await stage.database.system.fetchval(_LEFT, stage.tenant_id):
            if not await sealer.seal():
                await asyncio.sleep(0.02)
    await sealer.checkpoint()


def owner_of(stage: Stage, commitment: Any) -> Context:
    return Context(stage.tenant_id, "user", commitment.member_id, frozenset({"campaigns:commit"}))


async def proof(stage: Stage, settings: Settings, commitment: Any) -> dict[str, Any]:
    found = await stage.run(
        proof_of_commitment, owner_of(stage, commitment), commitment_id=commitment.id,
        data_dir=settings.data_dir,
    )  # fmt: skip
    as_answered: dict[str, Any] = json.loads(orjson.dumps(found, default=str))
    return as_answered


def fingerprints(settings: Settings) -> list[str]:
    """Return what a member noted of the published keys."""
    return [key.fingerprint for key in published_keys(settings.data_dir)]


def verify(
    tmp_path: Path, content: dict[str, Any], noted: list[str]
) -> subprocess.CompletedProcess[str]:
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(content))
    command = [sys.executable, str(SCRIPT), str(file), *noted]
    return subprocess.run(command, capture_output=True, text=True, check=False)


async def test_a_member_proves_a_commitment_offline(
    stage: Stage, settings: Settings, tmp_path: Path
) -> None:
    campaign = await stage.live()
    mine = await stage.commit(campaign, 3)
    for _ in range(4):
        await stage.commit(campaign, 1)
    await stage.answer_all()
    await seal(stage, settings)
    found = await proof(stage, settings, mine)
    assert len(found["events"]) >= 3
    checked = await asyncio.to_thread(verify, tmp_path, found, fingerprints(settings))
    assert checked.returncode == 0, checked.stderr
    assert "confirm_capture proved" in checked.stdout
    assert len(SCRIPT.read_text().splitlines()) <= 50


async def test_a_proof_cannot_vouch_for_its_own_key(
    stage: Stage, settings: Settings, tmp_path: Path
) -> None:
    """Whoever forges a whole log, key included, is betrayed by the key noted elsewhere."""
    campaign = await stage.live()
    mine = await stage.commit(campaign, 3)
    await stage.answer_all()
    await seal(stage, settings)
    true = fingerprints(settings)
    found = await proof(stage, settings, mine)
    forger = Ed25519PrivateKey.from_private_bytes(b"a forger's key, 32 bytes of it.."[:32])
    forged = forger.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    key_id = hashlib.sha256(forged).hexdigest()[:16]
    for each in found["events"]:
        checkpoint = each["sealed"]["checkpoint"]
        statement = json.loads(checkpoint["statement"]) | {"key_id": key_id}
        checkpoint["statement"] = json.dumps(statement)
        checkpoint["signature"] = forger.sign(checkpoint["statement"].encode()).hex()
    found["public_keys"][key_id] = forged.hex()
    own = [hashlib.sha256(forged).hexdigest()]
    assert (await asyncio.to_thread(verify, tmp_path, found, own)).returncode == 0
    refused = await asyncio.to_thread(verify, tmp_path, found, true)
    assert refused.returncode == 1
    assert "whose fingerprint you did not name" in refused.stderr
    assert (await asyncio.to_thread(verify, tmp_path, found, [])).returncode == 1
    # The same name and another key below it: what counts is the whole fingerprint.
    found["public_keys"] = {fingerprint[:16]: forged.hex() for fingerprint in true}
    assert (await asyncio.to_thread(verify, tmp_path, found, true)).returncode == 1


async def test_a_part_that_went_back_leaves_the_proof_whole(
    stage: Stage, settings: Settings, tmp_path: Path
) -> None:
    campaign = await stage.live()
    mine = await stage.commit(campaign, 3)
    await stage.answer_all()
    moved = RefundMoved(
        aggregate_id=mine.id, campaign_id=campaign.id, refund_id=new_id(), state="confirmed",
        whole=False, amount_minor=1, currency="EUR", reason_code="quality_issue", attempts=1,
    )  # fmt: skip
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        await publish(session, context, moved, now=stage.now)
    await seal(stage, settings)
    found = await proof(stage, settings, mine)
    checked = await asyncio.to_thread(verify, tmp_path, found, fingerprints(settings))
    assert checked.returncode == 0, checked.stderr
    assert "refund_moved" in checked.stdout


@pytest.mark.parametrize("place", ["content", "path", "statement", "signature", "commitment"])
async def test_a_changed_byte_breaks_the_proof(
    stage: Stage, settings: Settings, tmp_path: Path, place: str
) -> None:
    campaign = await stage.live()
    mine = await stage.commit(campaign, 3)
    await stage.answer_all()
    await seal(stage, settings)
    found = await proof(stage, settings, mine)
    sealed = found["events"][-1]["sealed"]
    if place == "content":
        sealed["content"] = sealed["content"].replace('"units":3', '"units":4')
    elif place == "path":
        sealed["path"][0]["hash"] = "00" * 32
    elif place == "statement":
        statement = sealed["checkpoint"]["statement"]
        sealed["checkpoint"]["statement"] = statement.replace('"count":', '"count": ')
    elif place == "signature":
        sealed["checkpoint"]["signature"] = "00" * 64
    elif place == "commitment":
        found["commitment"]["id"] = str(new_id())
    noted = fingerprints(settings)
    assert (await asyncio.to_thread(verify, tmp_path, found, noted)).returncode != 0


async def test_a_proof_is_the_members_own(stage: Stage, settings: Settings) -> None:
    campaign = await stage.live()
    mine = await stage.commit(campaign, 3)
    with pytest.raises(CommitmentNotFound):
        await stage.run(
            proof_of_commitment, stage.member(), commitment_id=mine.id, data_dir=settings.data_dir
        )


async def test_what_is_not_signed_for_yet_says_so(
    stage: Stage, settings: Settings, tmp_path: Path
) -> None:
    campaign = await stage.live()
    mine = await stage.commit(campaign, 3)
    found = await proof(stage, settings, mine)
    assert {each["sealed"] for each in found["events"]} == {None}
    checked = await asyncio.to_thread(verify, tmp_path, found, fingerprints(settings))
    assert checked.returncode == 0
    assert "not sealed yet" in checked.stdout


async def bundle(stage: Stage, settings: Settings, campaign_id: Any) -> zipfile.ZipFile:
    await stage.run(request_bundle, stage.finance, campaign_id=campaign_id)
    pieces = write_bundle(
        stage.database, stage.finance, campaign_id=campaign_id, data_dir=settings.data_dir,
        now=stage.now,
    )  # fmt: skip
    archive = zipfile.ZipFile(io.BytesIO(b"".join([piece async for piece in pieces])))
    assert sorted(archive.namelist()) == NAMES
    assert archive.testzip() is None
    return archive


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode())))


async def test_the_bundle_tells_each_transfer_once(
    stage: Stage, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the page sizes, and whichever accounts an entry touches."""
    monkeypatch.setattr(transfers, "PAGE", 2)
    monkeypatch.setattr(tables_told, "AT_ONCE", 2)
    monkeypatch.setattr(proofs, "PAGE", 3)
    monkeypatch.setattr(proofs, "TREES_KEPT", 1)
    campaign = await stage.live()
    held = [await stage.commit(campaign, units) for units in (5, 6, 2)]
    await stage.answer_all()
    await seal(stage, settings)
    await stage.withdraw(held[2])
    await stage.answer_all()
    await seal(stage, settings)
    archive = await bundle(stage, settings, campaign.id)
    told = table(archive, "transfers")
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        booked = (await session.execute(text("select id from ledger.transfer"))).scalars().all()
    assert sorted(row["id"] for row in told) == sorted(str(each) for each in booked)
    assert [row["units"] for row in table(archive, "commitments")] == ["5", "6", "2"]
    [refund] = table(archive, "refunds")
    assert refund["commitment_id"] == str(held[2].id)
    events = [json.loads(line) for line in archive.read("events.jsonl").splitlines()]
    steps = [
        json.loads(each["sealed"]["content"])["event"]["id"] for each in events if each["sealed"]
    ]
    assert len(steps) == len(set(steps))
    assert len(steps) > 10


async def test_a_large_bundle_is_never_whole_in_memory(
    stage: Stage, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables_told, "AT_ONCE", 100)
    campaign = await stage.live()
    mine = await stage.commit(campaign, 1)
    await stage.answer_all()
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        await session.execute(text(_MANY), {"id": mine.id, "many": 6_000})
    tracemalloc.start()
    pieces = write_bundle(
        stage.database, stage.finance, campaign_id=campaign.id, data_dir=settings.data_dir,
        now=stage.now,
    )  # fmt: skip
    largest = total = 0
    with tempfile.TemporaryFile() as file:
        async for piece in pieces:
            file.write(piece)
            largest, total = max(largest, len(piece)), total + len(piece)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert len(table(zipfile.ZipFile(file), "commitments")) == 6_001
    assert total > 15 * largest
    assert peak < 8_000_000


async def test_the_bundle_holds_the_whole_campaign(stage: Stage, settings: Settings) -> None:
    campaign = await stage.live(title="=HYPERLINK(1)")
    for units in (5, 6):
        await stage.commit(campaign, units)
    await stage.answer_all()
    await stage.pass_time(days=7)
    await seal(stage, settings)
    archive = await bundle(stage, settings, campaign.id)
    manifest = json.loads(archive.read("manifest.json"))
    for name, digest in manifest["sha256"].items():
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    assert set(archive.namelist()) == {*manifest["sha256"], "manifest.json"}
    commitments = list(csv.DictReader(io.StringIO(archive.read("commitments.csv").decode())))
    assert sorted(row["units"] for row in commitments) == ["5", "6"]
    steps = [row["name"] for row in csv.DictReader(
        io.StringIO(archive.read("transitions.csv").decode()))]  # fmt: skip
    assert {"approve", "open", "place", "confirm_capture", "goal_reached"} <= set(steps)
    moved = csv.DictReader(io.StringIO(archive.read("transfers.csv").decode()))
    assert {row["why"] for row in moved}
    events = [json.loads(line) for line in archive.read("events.jsonl").splitlines()]
    assert all(each["sealed"] for each in events[:3])
    assert {"campaigns.campaign_moved.v1", "campaigns.commitment_moved.v1"} <= {
        each["event"] for each in events
    }
    [key] = json.loads(archive.read("keys.json"))
    assert key["fingerprint"] == fingerprints(settings)[0]


async def test_formulas_in_exports_are_shown_and_not_run(stage: Stage, settings: Settings) -> None:
    """What a person types reaches somebody's spreadsheet: it stays a text there."""
    campaign = await stage.live()
    formula = '=HYPERLINK("https://evil.example","Refund")'
    await stage.run(
        publish_update, stage.organiser, campaign_id=campaign.id, title=formula, text="@SUM(A1)"
    )
    await stage.step(stage.reviewer, campaign, "pause", "+1+cmd|' /C calc'!A0")
    archive = await bundle(stage, settings, campaign.id)
    [update] = table(archive, "updates")
    assert (update["title"], update["text"]) == ("'" + formula, "'@SUM(A1)")
    paused = next(row for row in table(archive, "transitions") if row["name"] == "pause")
    assert paused["reason"].startswith("'+1")


async def test_the_bundle_is_for_those_who_see_the_books(stage: Stage) -> None:
    campaign = await stage.live()
    with pytest.raises(PermissionDenied):
        await stage.run(request_bundle, stage.member(), campaign_id=campaign.id)
    with pytest.raises(CampaignNotFound):
        await stage.run(request_bundle, stage.finance, campaign_id=new_id())


async def test_broken_books_are_found_by_the_ledgers_check(stage: Stage) -> None:
    campaign = await stage.live()
    mine = await stage.commit(campaign, 3)
    await stage.answer_all()
    assert await check_books(stage.database, stage.tenant_id) == []
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        spoil = "update campaigns.commitment set captured_minor = 1 where id = :id"
        await session.execute(text(spoil), {"id": mine.id})
    found = await check_books(stage.database, stage.tenant_id)
    assert {(each.check, each.violation.invariant, each.violation.subject) for each in found} == {
        ("campaigns", 5, mine.id)
    }

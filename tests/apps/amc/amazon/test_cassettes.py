"""Whole exchanges with the local AMC, recorded, held against each other, and played to the client.

A cassette of a real AMC that is put beside this file's is played as well.
"""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import httpx
import orjson
import pytest
from typer.testing import CliRunner

from metatron.apps.amc.amazon.cassettes import (
    Exchange,
    NoCassette,
    Recorder,
    differences,
    read,
    template,
    written,
)
from metatron.apps.amc.amazon.client import AmcClient
from metatron.apps.amc.amazon.identifiers import AmcInstanceId
from metatron.apps.amc.amazon.pacing import TokenBucket
from metatron.apps.amc.amazon.pseudonyms import Pseudonyms
from metatron.apps.amc.amazon.whole_exchanges import play
from metatron.apps.amc.amazon.wire import Wire
from metatron.apps.amc.commands import app as command
from tests.apps.amc.amazon.conftest import SCOPE, Caller
from tests.apps.amc.log_scan import kinds_in
from tests.support.amazon import CLIENT_ID, SECRET

KEPT = Path(__file__).with_name("cassettes")
LOCAL = KEPT / "local.jsonl"
"""Of the local AMC; when it changes on purpose, what `--record` writes takes its place."""


@pytest.fixture(autouse=True)
def quick_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own pace, whose tests are elsewhere, holds nothing up."""
    monkeypatch.setattr("metatron.apps.amc.amazon.pacing.FULL_PER_SECOND", 1_000.0)


async def recorded(caller: Caller) -> list[Exchange]:
    recorder = Recorder()
    recorder.listen(caller.http)
    await play(caller.client(), recorder.begin, look_seconds=0.05)
    return recorder.exchanges


@pytest.mark.timeout(120)
async def test_the_local_amc_says_what_its_cassette_says(caller: Caller) -> None:
    # The run goes on while the other steps are made: it cannot have ended when it is cancelled.
    caller.amazon.chaos({"operation": "run", "fault": "slow_run", "value": 0.5})
    found = await recorded(caller)
    caller.amazon.chaos()
    assert differences(found, read(LOCAL.read_bytes())) == []
    said = written(found).decode()
    assert kinds_in(said) == set()
    for known in (SECRET, CLIENT_ID, caller.holder.tokens.access, *map(str, (
        SCOPE.account_id, SCOPE.instance_id, SCOPE.marketplace_id, caller.amazon.url,
    ))):  # fmt: skip
        assert known not in said
    assert read(written(found)) == found


class NoToken:
    async def token(self) -> str:
        return "a token nobody looks at"

    async def renewed(self, refused: str) -> str:
        raise AssertionError(refused)


def player(cassette: list[Exchange]) -> httpx.MockTransport:
    """Answer each call with what was answered to its like; the last answer stays."""
    answers: dict[str, list[Exchange]] = defaultdict(list)
    for each in cassette:
        answers[each.operation].append(each)

    def answer(request: httpx.Request) -> httpx.Response:
        waiting = answers[f"{request.method} {template(request.url.path)}"]
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        content = b"" if found.told is None else orjson.dumps(found.told)
        return httpx.Response(found.status, content=content)

    return httpx.MockTransport(answer)


@pytest.mark.parametrize(
    "cassette",
    [pytest.param(read(each.read_bytes()), id=each.stem) for each in sorted(KEPT.glob("*.jsonl"))],
)
async def test_the_client_understands_every_cassette(cassette: list[Exchange]) -> None:
    async with httpx.AsyncClient(transport=player(cassette)) as http:
        recorder = Recorder()
        recorder.listen(http)
        wire = Wire(http, "https://amc.invalid", "cid", NoToken(), TokenBucket())
        client = AmcClient(wire, replace(SCOPE, instance_id=AmcInstanceId("name-1")))
        await play(client, recorder.begin, look_seconds=0.0)
    played = {(each.step, each.operation) for each in recorder.exchanges}
    assert played == {(each.step, each.operation) for each in cassette}


def test_what_differs_is_told() -> None:
    told = {"id": "x", "createTime": "2026-09-01T00:00:00Z", "rows": [{"n": 1}, {"n": 2}]}
    ours = Exchange("a run", "GET /amc/x", {}, None, 200, "application/json", told)
    other = told | {"createTime": "2026-09-01T00:00:00", "rows": [], "gaps": True}
    assert differences([ours], [replace(ours, told=other)]) == [
        "a run: GET /amc/x 200 createTime: instant, with zone; there instant, without zone",
        "a run: GET /amc/x 200 gaps: not here; there true or false",
        "a run: GET /amc/x 200 rows[].n: number; there not at all",
    ]
    assert differences([ours], [replace(ours, status=404, told=None)])[-1] == (
        "a run: GET /amc/x is answered: 200; there 404"
    )
    later = told | {"id": "y", "createTime": "2027-01-01T10:00:00Z", "rows": [{"n": 9}]}
    assert differences([ours], [replace(ours, told=later)]) == []


def test_pseudonyms_keep_forms_and_nothing_else() -> None:
    of = Pseudonyms().of
    told = {
        "accountName": "Müller & Söhne", "accountId": "ENTITYABC", "again": "ENTITYABC",
        "status": "SUCCEEDED", "reason": "SUCCEEDED", "n": 4711, "share": 0.25, "yes": True,
        "run": "0199b0b4-0000-7000-8000-00000000abcd", "at": "2026-11-23T07:00:01.123Z",
        "day": "2026-11-23", "link": "https://bucket.example/a.csv?X-Amz-Signature=abc",
        "list": [None, ""],
    }  # fmt: skip
    assert of(told) == {
        "accountName": "text 1", "accountId": "name-2", "again": "name-2",
        "status": "SUCCEEDED", "reason": "name-3", "n": 1, "share": 1.0, "yes": True,
        "run": "00000000-0000-4000-8000-000000000004", "at": "2026-01-02T03:04:05.000Z",
        "day": "2026-01-02", "link": "https://files.invalid/5", "list": [None, ""],
    }  # fmt: skip


def test_the_commands_record_and_compare(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("metatron.apps.amc.conforming.LOOK_SECONDS", 0.05)
    monkeypatch.setenv("AMC_CLIENT_SECRET", SECRET)
    monkeypatch.setenv("AMC_REFRESH_TOKEN", caller.holder.tokens.refresh)
    here = tmp_path / "here.jsonl"
    words = ["conformance", "--instance", "amclocal0001", "--account", "ENTITY1LOCALUS",
             "--client-id", CLIENT_ID, "--base-url", caller.amazon.url]  # fmt: skip
    caller.amazon.chaos({"operation": "run", "fault": "slow_run", "value": 0.5})
    said = CliRunner().invoke(command, [*words, "--record", str(here)])
    caller.amazon.chaos()
    assert said.exit_code == 0, said.output
    assert " exchanges: " in said.output
    same = CliRunner().invoke(command, ["cassettes", str(here), str(LOCAL)])
    assert (same.exit_code, same.stdout) == (0, "nothing differs\n")
    here.write_bytes(b"\n".join(here.read_bytes().splitlines()[:-1]) + b"\n")
    other = CliRunner().invoke(command, ["cassettes", str(here), str(LOCAL)])
    assert (other.exit_code, "not here; there 404" in other.stdout) == (1, True)
    here.write_text('{"replies": []}\n')
    assert CliRunner().invoke(command, ["cassettes", str(here), str(LOCAL)]).exit_code == 2
    with pytest.raises(NoCassette):
        read(here.read_bytes())

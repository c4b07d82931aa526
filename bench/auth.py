"""Password logins, refreshes and token verifications a second and core, and the loop's calm.

The peer is Keycloak's published sizing: 15 password logins and 120 refreshes a second and vCPU
(its high availability guide, "Concepts for sizing CPU and memory resources"). Per core means:
divided by the processor seconds that all processes of the suite spent on it.
"""

import argparse
import asyncio
import random
import secrets
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from http.cookiejar import CookieJar, DefaultCookiePolicy
from multiprocessing import get_context

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from bench._processes import cpu_seconds
from bench._report import Result, show
from bench._running import Suite, running
from metatron.kernel.ids import new_id
from metatron.kernel.tokens import TokenVerifier
from metatron.platform.identity.password_hashing import HashPool

PASSWORD = secrets.token_urlsafe(24)
KEYCLOAK_LOGINS, KEYCLOAK_REFRESHES = 15.0, 120.0
GOAL_LOGINS, GOAL_REFRESHES = 25.0, 400.0
PROBE_MILLISECONDS = 50.0
CSRF = {"X-Metatron-CSRF": "1"}
# Attempts are throttled by account and address: each of ours comes from a place of its own.
PROXIED = {"METATRON_TRUSTED_PROXIES": "127.0.0.1"}


def somewhere() -> dict[str, str]:
    """Return the header of a caller from an address of its own."""
    parts = [str(random.randrange(1, 255)) for _ in range(3)]
    return {"X-Forwarded-For": ".".join(["10", *parts])}


async def per_core(
    suite: Suite, work: Callable[[], Awaitable[None]], seconds: float, at_once: int
) -> float:
    """Run `work` repeatedly in `at_once` lanes; returns runs per processor second of the suite."""
    done = 0
    end = time.monotonic() + seconds

    async def lane() -> None:
        nonlocal done
        while time.monotonic() < end:
            await work()
            done += 1

    before = cpu_seconds(suite.pid)
    await asyncio.gather(*(lane() for _ in range(at_once)))
    return done / (cpu_seconds(suite.pid) - before)


async def make_person(client: httpx.AsyncClient) -> str:
    """Register somebody, verify the address through the mailbox twin; returns the address."""
    email = f"bench-{new_id().hex}@bench.example.com"
    body = {"email": email, "display_name": "Bench", "password": PASSWORD}
    answer = await client.post("/api/v1/auth/register", json=body, headers=somewhere())
    answer.raise_for_status()
    for _ in range(200):
        mails = (await client.get("/api/v1/mailbox", params={"to": email})).json()["items"]
        for mail in mails:
            _, found, rest = mail["text"].partition("#token=")
            if found:
                token = rest.split()[0]
                answer = await client.post("/api/v1/auth/verify-email", json={"token": token})
                answer.raise_for_status()
                return email
        await asyncio.sleep(0.1)
    sys.exit("the verification mail did not arrive")


def forgetful() -> CookieJar:
    """Return a jar that keeps nothing: whoever signs in comes with a browser without a session."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))


async def logins(suite: Suite, seconds: float, *, replacing: bool) -> float:
    """Password logins per core; `replacing`: each also ends the session before in its browser."""
    jar = None if replacing else forgetful()
    # A password is kept when the address is confirmed in the browser that registered.
    async with httpx.AsyncClient(base_url=suite.base_url, timeout=30) as client:
        people = [await make_person(client) for _ in range(8)]
    async with httpx.AsyncClient(base_url=suite.base_url, timeout=30, cookies=jar) as client:
        turn = iter(range(10**9))

        async def login() -> None:
            body = {"email": people[next(turn) % len(people)], "password": PASSWORD}
            answer = await client.post("/api/v1/auth/login", json=body, headers=somewhere())
            answer.raise_for_status()

        return await per_core(suite, login, seconds, 4)


async def refreshes(suite: Suite, seconds: float) -> float:
    """Refreshes per core, each lane with a session of its own."""
    clients = []
    async with httpx.AsyncClient(base_url=suite.base_url, timeout=30) as client:
        email = await make_person(client)
    for _ in range(8):
        client = httpx.AsyncClient(base_url=suite.base_url, timeout=30, headers=CSRF)
        body = {"email": email, "password": PASSWORD}
        answer = await client.post("/api/v1/auth/login", json=body, headers=somewhere())
        answer.raise_for_status()
        clients.append(client)
    free = asyncio.Queue[httpx.AsyncClient]()
    for client in clients:
        free.put_nowait(client)

    async def refresh() -> None:
        client = await free.get()
        (await client.post("/api/v1/auth/refresh", json={})).raise_for_status()
        free.put_nowait(client)

    rate = await per_core(suite, refresh, seconds, 8)
    for client in clients:
        await client.aclose()
    return rate


async def _crowd(base_url: str, email: str) -> list[int]:
    async with httpx.AsyncClient(base_url=base_url, timeout=60) as client:
        body = {"email": email, "password": PASSWORD}
        logins = (
            client.post("/api/v1/auth/login", json=body, headers=somewhere()) for _ in range(50)
        )
        return [answer.status_code for answer in await asyncio.gather(*logins)]


def crowd(base_url: str, email: str) -> list[int]:
    """Log in 50 times at once; returns the statuses."""
    return asyncio.run(_crowd(base_url, email))


async def slowest_probe(suite: Suite, runs: int) -> list[float]:
    """Milliseconds by which 50 parallel logins delay a health probe at most, sorted, one a run.

    The crowd is a process of its own: its work must not count as a delay of the probe.
    """
    loop = asyncio.get_running_loop()
    delays = []
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as elsewhere:
        await loop.run_in_executor(elsewhere, time.sleep, 0)
        async with httpx.AsyncClient(base_url=suite.base_url, timeout=60) as client:
            email = await make_person(client)

            async def probe() -> float:
                begun = time.monotonic()
                (await client.get("/health/live")).raise_for_status()
                return time.monotonic() - begun

            for _ in range(runs):
                calm = min([await probe() for _ in range(20)])
                statuses = loop.run_in_executor(elsewhere, crowd, suite.base_url, email)
                worst = 0.0
                while not statuses.done():
                    worst = max(worst, await probe())
                    await asyncio.sleep(0.005)
                if set(statuses.result()) != {200}:
                    sys.exit(f"not all logins were answered: {statuses.result()}")
                delays.append((worst - calm) * 1e3)
    return sorted(delays)


def rate(work: Callable[[], object], seconds: float) -> float:
    """Return how often a processor second does `work`, which this process does alone."""
    done, begun = 0, time.process_time()
    while time.process_time() - begun < seconds:
        work()
        done += 1
    return done / (time.process_time() - begun)


def verifications(seconds: float = 2.0) -> tuple[float, float]:
    """Verifications per core: by our verifier, which remembers, and by the library each time."""
    key = RSAKey.generate_key(2048, parameters={"kid": "bench", "use": "sig"})
    header = {"alg": "RS256", "typ": "at+jwt", "kid": "bench"}
    now = int(time.time())
    ids = {name: str(new_id()) for name in ("sub", "tid", "sid", "jti")}
    times = {"iat": now, "nbf": now, "exp": now + 900, "sv": 1}
    token = jwt.encode(header, {"iss": "bench", "aud": "metatron", **ids, **times}, key)
    verifier = TokenVerifier(issuer="bench", audience="metatron", keys=KeySet([key]))

    return (
        rate(lambda: verifier.verify(token, now=float(now)), seconds),
        rate(lambda: jwt.decode(token, key, algorithms=["RS256"]), seconds),
    )


def ceilings(seconds: float = 2.0) -> tuple[float, float]:
    """What this machine could do at most a second and core: password hashes, RS256 signatures.

    A login computes one of each and a refresh one signature: beside these the rates above tell
    the suite's own cost, whatever the hour of a shared machine.
    """
    pool = HashPool(threads=1)
    key = RSAKey.generate_key(2048)

    try:
        return (
            rate(lambda: asyncio.run(pool.hash(PASSWORD)), seconds),
            rate(lambda: jwt.encode({"alg": "RS256"}, {"sub": PASSWORD}, key), seconds),
        )
    finally:
        pool.close()


def against(name: str, ours: float, peer: float, goal: float) -> Result:
    """Compare with a published figure; the goal is given as a rate."""
    ratio = ours / peer
    wanted = round(goal / peer, 3)
    return Result(name, "1/s/core", round(ours, 1), peer, round(ratio, 3), wanted, ratio >= wanted)


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="bin/bench auth")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--runs", type=int, default=7, help="crowds beside the health probe")
    given = parser.parse_args()
    with running(PROXIED) as suite:
        login_rate = asyncio.run(logins(suite, given.seconds, replacing=False))
        replacing = asyncio.run(logins(suite, given.seconds, replacing=True))
        refresh_rate = asyncio.run(refreshes(suite, given.seconds))
        delays = asyncio.run(slowest_probe(suite, given.runs))
    delay = statistics.median(delays)
    print(f"logins that each end the session before: {replacing:.1f} /s/core", file=sys.stderr)
    print(
        f"delay of a health probe in {given.runs} runs, ms: median {delay:.1f}, "
        f"worst {delays[-1]:.1f}",
        file=sys.stderr,
    )
    hashes, signatures = ceilings()
    print(
        f"this machine's own, /s/core: {hashes:.1f} password hashes, {signatures:.0f} signatures",
        file=sys.stderr,
    )
    remembered, fresh = verifications()
    show(
        "auth",
        [
            against("password logins", login_rate, KEYCLOAK_LOGINS, GOAL_LOGINS),
            against("refreshes", refresh_rate, KEYCLOAK_REFRESHES, GOAL_REFRESHES),
            Result(
                "delay of a health probe under 50 logins (median of the runs)",
                "ms",
                round(delay, 1),
                PROBE_MILLISECONDS,
                round(PROBE_MILLISECONDS / max(delay, 0.001), 3),
                goal=1.0,
                met=delay <= PROBE_MILLISECONDS,
            ),
            Result(
                "token verifications, against verifying each afresh",
                "1/s/core",
                round(remembered),
                round(fresh),
                round(remembered / fresh, 3),
                goal=10.0,
                met=remembered / fresh >= 10.0,
            ),
        ],
    )


if __name__ == "__main__":
    main()

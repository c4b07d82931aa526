#!/usr/bin/env python3
"""Sends the traffic to a colour and watches it: what is worse than before loses it again.

    release.py green --folder /etc/metatron/nginx

Smoke on every server of the idle colour, the switch, then five minutes of watching. Traffic goes
back by itself when the colour fails more than 1 % of its requests, when the 95th percentile of its
times is more than twice what it was before, or when a server of its is not ready.

Ends with 0 when the colour keeps the traffic, with 1 when it never got it, with 3 when it went
back. Needs nothing but Python 3.11 and the `switch` beside it.
"""

import argparse
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from watching import Limits, Log, Unfit, Watch, ask, figures, follow, servers

KEPT, REFUSED, WENT_BACK = 0, 1, 3
_PROBLEM = "application/problem+json"
_SCRIPT = re.compile(r'<script[^>]+src="(/[^"]+)"')
NO_SESSION = "/api/v1/auth/me"
WALK = {
    "core": "/api/v1/members",
    "auth": NO_SESSION,
    "admin": "/api/v1/admin/status",
    "campaigns": "/api/v1/campaigns",
    "amc": "/api/v1/amc/runs",
}
"""An address of each service that asks a caller without credentials to sign in."""
TAKES_KEYS = frozenset({"core", "campaigns", "amc"})
"""Services whose address above can be asked with an application's key as well."""
_FORGED_KEY = "mtk_live_" + "0" * 30 + "2EgiQV"
"""Well formed, so that it has to be looked up; nobody has it."""


def smoke(colour: dict[str, list[str]]) -> int:
    """Try every server of a colour directly; return how many calls were made.

    Ready; asks for a sign-in as it should; knows no forged key, for which it has to look into the
    database; and core has the page with its script.

    Raises:
        Unfit: something is not as it should be.
    """
    calls = 0
    for service, addresses in colour.items():
        if not addresses:
            raise Unfit(f"{service} has no server")
        for address in addresses:
            walk = WALK.get(service, NO_SESSION)
            _expect(address, "/health/ready", 200, "json", "")
            _expect(address, walk, 401, _PROBLEM, '"code"')
            calls += 2
            if service in TAKES_KEYS:
                _expect(address, walk, 401, _PROBLEM, "invalid_api_key", key=_FORGED_KEY)
                calls += 1
            if service == "core":
                page = _expect(address, "/", 200, "text/html", "<script")
                for source in _SCRIPT.findall(page)[:1]:
                    _expect(address, source, 200, "javascript", "")
                calls += 2
    return calls


def _expect(  # noqa: PLR0917 - one line a call
    address: str, path: str, status: int, media: str, part: str, key: str = ""
) -> str:
    found, told, text = ask(address, path, **({"x-api-key": key} if key else {}))
    if found != status or media not in told or part not in text:
        raise Unfit(
            f"{address}{path} answered {found} {told}, not {status} {media} with {part!r}:"
            f" {text[:200]}"
        )
    return text


def switch(folder: Path, colour: str) -> None:
    """Move the traffic; raises `Unfit` when the switch refuses."""
    command = [str(Path(__file__).with_name("switch")), colour, str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise Unfit(done.stderr.strip())
    say(done.stdout.strip())


def release(folder: Path, colour: str, limits: Limits, times: argparse.Namespace) -> int:
    """Smoke, switch, watch, and back if need be; return the exit code."""
    active = (folder / "site" / "active.conf").readlink().stem
    if active == colour:
        say(f"{colour} has the traffic already")
        return REFUSED
    log, ours = Log(folder / "run" / "access.log"), servers(folder, colour)
    try:
        say(f"smoke: {smoke(ours)} calls to {colour} are as they should be")
        before = figures(log.last(times.before))
        switch(folder, colour)
    except Unfit as unfit:
        say(f"{active} keeps the traffic: {unfit}")
        return REFUSED
    say(f"before: {before}")
    watch = Watch(ours, before, limits, times.window)
    fault = follow(watch, log, seconds=times.watch, every=times.every)
    say(f"{colour}: {watch.now()} in the last {times.window:g} s")
    if not fault:
        say(f"{colour} keeps the traffic after {times.watch:g} s")
        return KEPT
    say(f"{colour} loses the traffic: {fault}")
    try:
        switch(folder, active)
    except Unfit as unfit:
        say(f"cause: {active} cannot take it back: {unfit}; remedy: mend either, now")
        return REFUSED
    return WENT_BACK


def say(what: str) -> None:
    """Say what was done, with the instant."""
    print(f"{datetime.now(UTC):%H:%M:%S.%f}"[:-3], what, flush=True)


def main() -> int:
    """Read the arguments and do it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("colour", choices=("blue", "green"))
    here = Path(__file__).parent
    parser.add_argument("--folder", type=Path, default=here, help="of nginx' configuration")
    parser.add_argument("--watch", type=float, default=300, help="seconds to watch")
    parser.add_argument("--every", type=float, default=2, help="seconds between two looks")
    parser.add_argument("--window", type=float, default=30, help="seconds that figures are of")
    parser.add_argument("--before", type=float, default=300, help="seconds to compare with")
    parser.add_argument("--errors", type=float, default=0.01, help="part that may fail")
    parser.add_argument("--slower", type=float, default=2.0, help="times the p95 before")
    parser.add_argument("--floor-ms", type=float, default=100, help="a p95 below is never slow")
    parser.add_argument("--least", type=int, default=20, help="requests that count")
    given = parser.parse_args()
    limits = Limits(given.errors, given.slower, given.floor_ms / 1e3, given.least)
    return release(given.folder, given.colour, limits, given)


if __name__ == "__main__":
    sys.exit(main())

"""End process groups whose supervisor died without a word: `warden.py GRACE_SECONDS`.

The kernel already tells every child when its parent dies. This is for those that do not listen,
and for their own children. The supervisor names groups on the standard input (`+ID`, `-ID`);
when that input ends, the groups still named get the grace and are then killed.
Runs on the standard library alone, like `launch.py`.
"""

import contextlib
import os
import signal
import sys
import time


def _is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def main(grace_seconds: float) -> None:
    """Watch the standard input, then see to it that no named group is left."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        change, group = line[0], int(line[1:])
        if change == "+":
            groups.add(group)
        else:
            groups.discard(group)
    end = time.monotonic() + grace_seconds
    while time.monotonic() < end and any(map(_is_alive, groups)):
        time.sleep(0.05)
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main(float(sys.argv[1]))

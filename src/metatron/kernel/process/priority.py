"""Lower priority for processes whose work nobody waits for.

Linux may share the processor among sessions first (`sched_autogroup`): a priority then counts
within its session only, and each process of a database server is a session of its own. So the
share of the session is lowered with the priority, where the process leads its session.
"""

import os
from pathlib import Path


def stand_behind(nice: int) -> int:
    """Lower the priority of this process by `nice`; return the niceness it has now."""
    now = os.nice(nice)
    lower_session(os.getpid(), now)
    return now


def lower_session(pid: int, nice: int) -> bool:
    """Give the session that `pid` leads the share of a niceness; False when to be tried again.

    Who is not root may change one session in a tenth of a second, on the whole machine.
    """
    try:
        if os.getsid(pid) == pid:
            Path(f"/proc/{pid}/autogroup").write_text(str(nice), encoding="ascii")
    except BlockingIOError:
        return False
    except OSError:
        # The machine does not share this way, or the session is not ours.
        return True
    return True

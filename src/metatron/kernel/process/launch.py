"""Start one program so that it ends with its parent: `launch.py ORDER PROGRAM ARGUMENT...`.

Runs on the standard library alone and imports nothing of ours, because it stands between the
supervisor and every child. It is a program rather than a hook between fork and exec because
a hook is unsafe once the parent has threads, and because the kernel forgets the parent-death
signal whenever the user changes: the order below (user first, signal second) matters.
"""

import ctypes
import json
import os
import signal
import sys

DIRECTORY_DESCRIPTOR = 9
_PR_SET_PDEATHSIG = 1
# Python ignores the first two for itself, a shell the last two for its background jobs.
_RESTORED = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGQUIT)


def _become(user_id: int, group_id: int) -> None:
    os.setgroups([])
    os.setgid(group_id)
    os.setuid(user_id)


def _end_with(parent: int, death_signal: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        # The parent died before the signal was armed.
        sys.exit(1)


def main() -> None:
    """Carry out the order, a JSON object, and become the program.

    Keys: `parent` (process id), `death_signal`, `working_directory`, and optionally `user_id` with
    `group_id`, and `directory`, a folder handed to the program as an open descriptor because the
    user could not walk to it.
    """
    order = json.loads(sys.argv[1])
    program = sys.argv[2:]
    if order.get("directory"):
        opened = os.open(order["directory"], os.O_RDONLY | os.O_DIRECTORY)
        os.dup2(opened, DIRECTORY_DESCRIPTOR, inheritable=True)
        if opened != DIRECTORY_DESCRIPTOR:
            os.close(opened)
    os.chdir(order["working_directory"])
    if order.get("user_id") is not None:
        _become(order["user_id"], order["group_id"])
    for number in _RESTORED:
        signal.signal(number, signal.SIG_DFL)
    _end_with(order["parent"], order["death_signal"])
    os.execvpe(program[0], program, os.environ)  # noqa: S606 - the purpose of this file


if __name__ == "__main__":
    main()

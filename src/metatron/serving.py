"""Starts the processes that serve HTTP: everything in one, or one of the services.

Imports little: every command passes through here.
"""

import gc
import multiprocessing
import os
import resource

from metatron.kernel.process.failures import ProcessError
from metatron.kernel.process.plain_imports import import_plain
from metatron.services import HTTP_SERVICES, service

MOST_FILES = 16_384


def as_service(name: str, *, workers: int | None, port: int | None) -> int:
    """Tell this process and its children which service they are; return their port.

    Callers' limits are divided among the workers of all services: one caller is one caller.
    """
    # A second set of services on the same machine keeps at a distance from the first.
    usual = service(name).port + _number("METATRON_PORT_OFFSET", 0)
    chosen = port or _number("METATRON_PORT", usual)
    os.environ["METATRON_SERVICE"] = name
    os.environ["METATRON_PORT"] = str(chosen)
    each = workers or _number("METATRON_WORKERS", 2)
    os.environ.setdefault("METATRON_SHARERS", str(each * len(HTTP_SERVICES)))
    return chosen


def _number(name: str, usual: int) -> int:
    """Return a number of the environment; raises `ProcessError` for what is none."""
    given = os.environ.get(name)
    try:
        return usual if given is None else int(given)
    except ValueError:
        cause = f"{name}: {given[:80]!r} is no whole number" if given else f"{name} is empty"
        raise ProcessError(cause, f"for example {name}={usual}") from None


def serve_http(process: str, workers: int | None) -> None:
    """Serve until told to end; `process` names the folder of the metrics."""
    # All that is imported stays: looking through it again and again takes a tenth of the start.
    gc.disable()
    import_plain()
    _allow_many_files()
    from granian import Granian  # noqa: PLC0415
    from granian.constants import HTTPModes, Interfaces, Loops  # noqa: PLC0415

    from metatron.kernel.settings import Settings  # noqa: PLC0415
    from metatron.kernel.telemetry.metrics_folder import prepare_metrics  # noqa: PLC0415

    settings = Settings()
    prepare_metrics(settings.data_dir, process)
    # The workers share what callers are allowed: each has to know how many they are.
    os.environ["METATRON_WORKERS"] = str(workers or settings.workers)
    # Made once and inherited: the workers are forks, which start sooner and share memory.
    from metatron.processes import prepare_web  # noqa: PLC0415

    prepare_web(settings)
    # Not looked through before: a third of a second, which finds next to nothing.
    gc.freeze()
    gc.enable()
    multiprocessing.set_start_method("fork")
    Granian(
        "metatron.processes:web_application",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        websockets=False,
        workers=workers or settings.workers,
        respawn_failed_workers=True,
        log_access=False,
    ).serve()


def _allow_many_files() -> None:
    """Let each worker hold thousands of open streams: usually 1,024 files are the soft limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))

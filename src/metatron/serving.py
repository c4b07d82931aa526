"""Starts the processes that serve HTTP: everything in one, or one of the services.

Imports little: every command passes through here.
"""

import gc
import multiprocessing
import os
from typing import Annotated

import typer

from metatron.kernel.process.plain_imports import import_plain
from metatron.services import HTTP_SERVICES, service


def add_services(serve: typer.Typer) -> None:
    """Add a command for each service that answers HTTP."""
    for each in HTTP_SERVICES:
        _add(serve, each.name)


def _add(serve: typer.Typer, name: str) -> None:
    def serve_service(
        workers: Annotated[int | None, typer.Option(min=1, max=64)] = None,
        port: Annotated[int | None, typer.Option(min=1, max=65535)] = None,
    ) -> None:
        as_service(name, workers=workers, port=port)
        serve_http(name, workers)

    serve.command(name, help=f"Serve {name} alone, beside the other services.")(serve_service)


def as_service(name: str, *, workers: int | None, port: int | None) -> int:
    """Tell this process and its children which service they are; return their port.

    Callers' limits are divided among the workers of all services: one caller is one caller.
    """
    chosen = port or int(os.environ.get("METATRON_PORT", service(name).port))
    os.environ["METATRON_SERVICE"] = name
    os.environ["METATRON_PORT"] = str(chosen)
    each = workers or int(os.environ.get("METATRON_WORKERS", "2"))
    os.environ.setdefault("METATRON_SHARERS", str(each * len(HTTP_SERVICES)))
    return chosen


def serve_http(process: str, workers: int | None) -> None:
    """Serve until told to end; `process` names the folder of the metrics."""
    import_plain()
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
    gc.collect()
    gc.freeze()
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

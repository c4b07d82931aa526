"""The commands whose processes last, run without the library of the command line.

That takes seven megabytes a process, for as long as it runs. The same commands stand in `cli.py`,
for help and for what is misspelt; what is spelled rightly need not load it.
"""

import asyncio
import inspect
import signal
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from metatron.services import HTTP_SERVICES, WORKER
from metatron.serving import as_service, serve_http

BEHIND_PEOPLE = 5
"""Niceness of worker and twins: whoever waits for an answer goes before what can wait."""
_MOST = {"port": 65_535, "workers": 64}
_YES, _NO = "--", "--no-"


def run_up(
    data: Path = Path(".data"), port: int = 3000, host: str = "127.0.0.1", *, demo: bool = True
) -> None:
    """Run everything on this machine.

    Raises:
        SystemExit: with 1 when something outside our control is in the way; it has been told.
    """
    from metatron.kernel.process.failures import ProcessError  # noqa: PLC0415
    from metatron.kernel.process.progress import Progress  # noqa: PLC0415
    from metatron.up import Options, up  # noqa: PLC0415

    progress = Progress()
    try:
        asyncio.run(up(Options(data.resolve(), port, demo, host), progress))
    except ProcessError as error:
        progress.failure(error)
        raise SystemExit(1) from error


def run_worker(port: int | None = None, *, apart: bool = False) -> None:
    """Run relay, jobs and schedules; `apart` as a service of its own: nothing of identity."""
    from metatron.kernel.process.plain_imports import import_plain  # noqa: PLC0415

    import_plain()
    if apart:
        port = as_service(WORKER, workers=1, port=port)
    from metatron.kernel.settings import Settings  # noqa: PLC0415
    from metatron.kernel.telemetry.metrics_folder import prepare_metrics  # noqa: PLC0415

    settings = Settings()
    prepare_metrics(settings.data_dir, "worker")
    # Imported after that: the metrics library looks for its folder at its import.
    import uvloop  # noqa: PLC0415

    from metatron.kernel.database.behind import stand_behind  # noqa: PLC0415
    from metatron.processes import work  # noqa: PLC0415

    stand_behind(BEHIND_PEOPLE)
    uvloop.run(_until_told(work(settings, port=port)))


async def _until_told(program: Coroutine[Any, Any, None]) -> None:
    """Run until done, or until SIGTERM or SIGINT; then let the program put its things away."""
    task = asyncio.ensure_future(program)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return


def run_web(workers: int | None = None) -> None:
    """Serve the API and the page."""
    serve_http("web", workers)


def run_service(name: str, workers: int | None = None, port: int | None = None) -> None:
    """Serve one service alone, beside the other services."""
    as_service(name, workers=workers, port=port)
    serve_http(name, workers)


def run_mailbox(port: int = 2525) -> None:
    """Serve the local mail twin: an SMTP server that keeps mails in METATRON_MAILBOX_DIR."""
    from metatron.kernel.process.priority import stand_behind  # noqa: PLC0415
    from metatron.platform.notifications.mailbox.server import serve_mailbox  # noqa: PLC0415

    stand_behind(BEHIND_PEOPLE)
    serve_mailbox(port)


def run_payments_sandbox(port: int, data: Path, webhook_url: str | None = None) -> None:
    """Serve the local escrow provider."""
    from metatron.kernel.process.plain_imports import import_plain  # noqa: PLC0415

    import_plain()
    import uvloop  # noqa: PLC0415

    from metatron.kernel.process.priority import stand_behind  # noqa: PLC0415
    from metatron.platform.payments.sandbox.app import serve  # noqa: PLC0415
    from metatron.platform.payments.sandbox.settings import SandboxSettings  # noqa: PLC0415

    stand_behind(BEHIND_PEOPLE)
    settings = SandboxSettings.from_environment(data, webhook_url=webhook_url)
    uvloop.run(serve(settings, port=port))


def _services() -> dict[tuple[str, ...], Callable[..., None]]:
    def of(name: str) -> Callable[..., None]:
        def run(workers: int | None = None, port: int | None = None) -> None:
            run_service(name, workers, port)

        return run

    return {("serve", each.name): of(each.name) for each in HTTP_SERVICES}


COMMANDS: Mapping[tuple[str, ...], Callable[..., None]] = {
    ("up",): run_up,
    ("work",): run_worker,
    ("serve", "web"): run_web,
    ("serve", "mailbox"): run_mailbox,
    ("serve", "payments-sandbox"): run_payments_sandbox,
    **_services(),
}


def run_lasting(arguments: Sequence[str]) -> bool:
    """Run the command if it is one of these; False, and nothing done, when it is another.

    False also for help, and for options that it does not have or that do not fit.
    """
    for words, run in COMMANDS.items():
        if tuple(arguments[: len(words)]) == words:
            options = read_options(run, arguments[len(words) :])
            if options is None:
                return False
            run(**options)
            return True
    return False


def read_options(run: Callable[..., None], given: Sequence[str]) -> dict[str, Any] | None:
    """Return options (`--name VALUE`, `--name=VALUE`, `--flag`) as `run` takes them.

    None when one is not known, does not fit its annotation, or is missing.
    """
    known = inspect.signature(run).parameters
    found: dict[str, Any] = {}
    rest = list(given)
    while rest:
        word, equals, value = rest.pop(0).partition("=")
        name = word.removeprefix(_YES).replace("-", "_")
        negated = word.removeprefix(_NO).replace("-", "_")
        flag = negated if word.startswith(_NO) else name
        if flag in known and known[flag].annotation is bool and not equals:
            found[flag] = not word.startswith(_NO)
            continue
        if not word.startswith(_YES) or name not in known or known[name].annotation is bool:
            return None
        if not equals:
            if not rest:
                return None
            value = rest.pop(0)
        try:
            found[name] = _read(name, known[name].annotation, value)
        except ValueError:
            return None
    needed = {name for name, each in known.items() if each.default is inspect.Parameter.empty}
    return found if needed <= found.keys() else None


def _read(name: str, annotation: Any, value: str) -> Any:
    """Return an option's value; raises `ValueError` when it does not fit."""
    if annotation not in (int, int | None):
        return Path(value) if annotation is Path else value
    number = int(value)
    if not 1 <= number <= _MOST[name]:
        raise ValueError(name)
    return number

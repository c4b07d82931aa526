"""Failures of the commands, said in one line: the cause and what mends it."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer


class CommandFailed(Exception):
    """Said in one line: the cause and what mends it."""

    def __init__(self, cause: str, remedy: str) -> None:
        """Name both."""
        super().__init__(f"{cause}; {remedy}")


@contextmanager
def said_in_one_line() -> Iterator[None]:
    """Say a failure in one line, with its remedy, and end with 2."""
    try:
        from metatron.apps.amc.language.parameters import BadValue  # noqa: PLC0415
        from metatron.apps.amc.sandbox.planning import Refused  # noqa: PLC0415
        from metatron.apps.amc.sandbox.running import RunFailed  # noqa: PLC0415
    except ModuleNotFoundError as error:
        typer.echo(f"amc: {error.name} is not installed; install metatron[amc]", err=True)
        raise typer.Exit(2) from error
    remedies = {
        "memory": "aggregate earlier, or raise --memory-mb",
        "time": "narrow the window, or raise --seconds",
        "query": "see what `metatron amc check` says",
        "worker": "run it again with less --threads",
    }
    try:
        yield
    except CommandFailed as error:
        said = str(error)
    except Refused as error:
        said = f"{error}; see all with `metatron amc check`"
    except BadValue as error:
        said = f"{error}; write --param NAME:TYPE=VALUE"
    except RunFailed as error:
        said = f"the run failed: {error}; {remedies[error.kind]}"
    except FileNotFoundError as error:
        said = f"there is no file {error.filename}; look at the name and the folder you are in"
    except OSError as error:
        said = f"{error.filename or 'a file'}: {error.strerror}; look at its place and rights"
    else:
        return
    typer.echo(f"amc: {said}", err=True)
    raise typer.Exit(2)

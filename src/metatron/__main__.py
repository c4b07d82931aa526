"""`python -m metatron`, and the program `metatron`."""

import os
import sys
from typing import NoReturn

from metatron.kernel.process.failures import ProcessError
from metatron.lasting import run_lasting


def main() -> None:
    """Run what the arguments say."""
    # Looking through all packages for plug-ins of pydantic, of which none is wanted, takes 0.1 s.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        _run()
    except ProcessError as error:
        _end([str(error)])
    except ValueError as error:
        from metatron.kernel.settings_told import complaints  # noqa: PLC0415

        lines = complaints(error)
        if not lines:
            raise
        _end(lines)


def _run() -> None:
    if run_lasting(sys.argv[1:]):
        return
    from metatron.cli import main as run_command_line  # noqa: PLC0415

    run_command_line()


def _end(lines: list[str]) -> NoReturn:
    sys.stderr.writelines(f"{line}\n" for line in lines)
    raise SystemExit(1) from None


if __name__ == "__main__":
    main()

"""`python -m metatron`, and the program `metatron`."""

import os
import sys

from metatron.lasting import run_lasting


def main() -> None:
    """Run what the arguments say."""
    # Looking through all packages for plug-ins of pydantic, of which none is wanted, takes 0.1 s.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    if run_lasting(sys.argv[1:]):
        return
    from metatron.cli import main as run_command_line  # noqa: PLC0415

    run_command_line()


if __name__ == "__main__":
    main()

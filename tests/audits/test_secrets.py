"""A planted secret is found, in the tree and after it was taken out again; nothing else is."""

import base64
import secrets
import subprocess
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from metatron.audits.secret_scan import ALLOWED, allowed, scan
from metatron.audits.secret_shapes import SHAPES, fingerprint
from metatron.platform.tenancy.key_format import new_key

ROOT = Path(__file__).parents[2]


def _random(length: int) -> str:
    return secrets.token_hex(length)[:length]


def _private_key() -> str:
    made = ed25519.Ed25519PrivateKey.generate()
    text = made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return text.decode()


def _signed() -> str:
    part = base64.urlsafe_b64encode(b'{"alg":"RS256","typ":"x"}').decode().rstrip("=")
    return f"{part}.{part}.{secrets.token_urlsafe(64)}"


PLANTED = {
    "private key": _private_key,
    "key of a cloud": lambda: "AK" + "IA" + _random(16).upper(),
    "token of a code host": lambda: "gh" + "p_" + _random(36),
    "key of a payment provider": lambda: "sk" + "_live_" + _random(24),
    "token of a chat": lambda: "xo" + "xb-" + _random(24),
    "key of a language model": lambda: "sk" + "-" + secrets.token_urlsafe(40),
    "token of Amazon": lambda: "At" + "za|" + _random(60),
    "signed token": _signed,
    "API key of ours": lambda: new_key(is_sandbox=False),
    "signing secret": lambda: "whsec" + "_" + secrets.token_urlsafe(32),
    "sealing key": lambda: Fernet.generate_key().decode(),
    "password in an address": lambda: f"postgresql://person:{_random(12)}@server/db",
    "assigned secret": lambda: f'admin_password = "{secrets.token_urlsafe(30)}"',
}
"""Made anew by each run: what stands in this file is no secret."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with one harmless file."""
    _git(tmp_path, "init", "--quiet")
    _commit(tmp_path, "ordinary.md", "Passwords have 12 characters; token: <yours>; sk-shaped.\n")
    return tmp_path


def _git(folder: Path, *arguments: str) -> None:
    named = ["-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *named, *arguments], cwd=folder, check=True, capture_output=True)


def _commit(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message", name)


def test_each_shape_is_planted_here() -> None:
    assert set(PLANTED) == set(SHAPES)


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_secret_is_found_even_after_it_was_taken_out(tree: Path, kind: str) -> None:
    assert scan(tree) == []
    _commit(tree, "settings.txt", f"before\n{PLANTED[kind]()}\nafter\n")
    [found] = scan(tree)
    assert (found.place, found.kind) == ("settings.txt", kind)
    _commit(tree, "settings.txt", "before\nafter\n")
    [found] = scan(tree)
    assert found.place.startswith("settings.txt (")
    (tree / ALLOWED).write_text(f"{found.fingerprint} planted by a test\n")
    assert scan(tree) == []


def test_what_is_allowed_says_why(tree: Path) -> None:
    (tree / ALLOWED).write_text(f"{fingerprint('x')}\n")
    with pytest.raises(ValueError, match="say why"):
        scan(tree)


def test_what_is_allowed_here_is_still_here() -> None:
    found = {each.fingerprint for each in scan_without_list()}
    assert set(allowed(ROOT)) <= found, "take out of .allowed-secrets what is gone"
    assert found <= set(allowed(ROOT)), "take it out and revoke it: metatron check secrets"


def scan_without_list() -> list[object]:
    """What is in the tracked files, allowed or not."""
    from metatron.audits.secret_scan import in_tree

    return list(in_tree(ROOT))

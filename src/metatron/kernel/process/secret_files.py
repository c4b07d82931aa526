"""Passwords made once and kept, mode 0600, in the data folder."""

import os
import secrets
from pathlib import Path

_BYTES = 32


def secret(folder: Path, name: str) -> str:
    """Return the secret of that name, made and stored at its first use.

    Safe against a parallel first use: the link is made by one of them, and all read the same.
    """
    file = folder / name
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        scratch = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_urlsafe(_BYTES))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(scratch, file)
        except FileExistsError:
            pass
        finally:
            scratch.unlink()
    return file.read_text().strip()

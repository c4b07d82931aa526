"""What the sandbox provider needs to run; its keys are made once and kept in its data folder."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Self

KEY_FILE = "keys.json"


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """Where the provider keeps its books, whom it trusts and how fast it settles.

    `webhook_secrets` are newest first, at most two live. Durations are seconds.
    `seed` makes ids and faults repeatable; None draws one at the first start of a data folder.
    """

    data_dir: Path
    secret_key: str
    webhook_secrets: tuple[str, ...]
    webhook_url: str | None = None
    seed: int | None = None
    settlement_seconds: float = 0.5
    hang_seconds: float = 20.0
    webhook_timeout_seconds: float = 5.0
    webhook_retry_seconds: float = 0.5
    webhook_attempts: int = 20
    dispute_fee_minor: int = 1500

    @classmethod
    def load(
        cls,
        data_dir: Path,
        *,
        secret_key: str | None = None,
        webhook_secrets: tuple[str, ...] = (),
        webhook_url: str | None = None,
        seed: int | None = None,
    ) -> Self:
        """Return settings with the given keys, or with those kept in `data_dir` (made once)."""
        if secret_key is None or not webhook_secrets:
            kept_key, kept_secret = load_or_create_keys(data_dir)
            secret_key = secret_key or kept_key
            webhook_secrets = webhook_secrets or (kept_secret,)
        return cls(data_dir, secret_key, webhook_secrets, webhook_url, seed)

    @classmethod
    def from_environment(
        cls, data_dir: Path, *, webhook_url: str | None = None, seed: int | None = None
    ) -> Self:
        """Return settings with the keys of METATRON_PAYMENTS_*, or with those of `data_dir`."""
        webhook_secrets = os.environ.get("METATRON_PAYMENTS_WEBHOOK_SECRETS", "")
        return cls.load(
            data_dir,
            secret_key=os.environ.get("METATRON_PAYMENTS_SECRET") or None,
            webhook_secrets=tuple(part for part in webhook_secrets.split(",") if part),
            webhook_url=webhook_url,
            seed=seed,
        )


def load_or_create_keys(data_dir: Path) -> tuple[str, str]:
    """Return (secret key, webhook secret) of `data_dir`; create the file with mode 0600 once."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / KEY_FILE
    made = {
        "secret_key": f"sk_test_{secrets.token_urlsafe(32)}",
        "webhook_secret": f"whsec_{secrets.token_urlsafe(32)}",
    }
    draft = data_dir / f".{KEY_FILE}.{secrets.token_hex(8)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(made, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link refuses an existing name: two first starts at once agree on one pair of keys.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    kept = json.loads(path.read_text(encoding="utf-8"))
    return str(kept["secret_key"]), str(kept["webhook_secret"])

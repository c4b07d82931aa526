"""The local AMC's own secrets: made once, kept in its data folder."""

import json
import os
import secrets
from pathlib import Path

from metatron.apps.amc.twin.settings import MOST_OVERLAPPING, TwinSettings, Unproven

KEY_FILE = "keys.json"


def load_settings(
    data_dir: Path,
    *,
    public_url: str,
    redirect_uris: tuple[str, ...] = (),
    client_secret: str | None = None,
    most_overlapping: int = MOST_OVERLAPPING,
    unproven: Unproven | None = None,
) -> TwinSettings:
    """Return settings with the secrets of `data_dir`; its file is made once, with mode 0600.

    `client_secret` goes before the one that is kept there; `most_overlapping` runs of a day may
    read the same data of the same time.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / KEY_FILE
    if not path.exists():
        names = ("client_secret", "chaos_key", "link_secret")
        aside = data_dir / f".{KEY_FILE}.{secrets.token_hex(8)}"
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({name: secrets.token_urlsafe(32) for name in names}, file)
        aside.replace(path)
    kept = json.loads(path.read_text(encoding="utf-8"))
    if client_secret is not None:
        kept["client_secret"] = client_secret
    return TwinSettings(
        data_dir,
        public_url,
        redirect_uris=redirect_uris,
        most_overlapping=most_overlapping,
        unproven=unproven or Unproven(),
        **kept,
    )

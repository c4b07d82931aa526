"""Where contents lie and with which keys links are signed, in this process."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from metatron.platform.files.folder import Folder
from metatron.platform.files.signing import LinkSigner


@dataclass(frozen=True, slots=True)
class Site:
    """The process's settings, read once."""

    folder: Folder
    signer: LinkSigner


_site: Site | None = None


def prepare(runtime: Any) -> None:
    """Take note of the process's settings (a module start-up hook)."""
    global _site
    settings = runtime.settings
    signer = LinkSigner(settings.secret_keys.get_secret_value())
    _site = Site(Folder(Path(settings.data_dir) / "files"), signer)


def site() -> Site:
    """Return what `prepare` noted."""
    assert _site is not None, "start the process's modules first"
    return _site

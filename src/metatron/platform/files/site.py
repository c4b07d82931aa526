"""Where contents lie and with which keys links are signed, in this process."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from metatron.platform.files.bucket import Bucket
from metatron.platform.files.folder import Folder
from metatron.platform.files.s3_place import place_of
from metatron.platform.files.signing import LinkSigner
from metatron.platform.files.store import Store, StoreUnusable

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Site:
    """The process's settings, read once."""

    store: Store
    signer: LinkSigner


_site: Site | None = None


def prepare(runtime: Any) -> None:
    """Take note of the process's settings (a module start-up hook)."""
    global _site
    settings = runtime.settings
    signer = LinkSigner(settings.secret_keys.get_secret_value())
    _site = Site(store_of(settings), signer)
    if isinstance(_site.store, Bucket):
        runtime.closing.append(_site.store.close)
        runtime.run(_look(_site.store))


def folder_of(settings: Any) -> Folder:
    """Return the folder below the installation's data."""
    return Folder(Path(settings.data_dir) / "files")


def store_of(settings: Any) -> Store:
    """Return the store that the settings choose: the bucket, if they name one."""
    place = place_of(settings)
    folder = folder_of(settings)
    return folder if place is None else Bucket(place, folder)


async def _look(store: Store) -> None:
    """Say at the start if the store cannot be used; the process serves all the rest meanwhile."""
    try:
        await store.check()
    except StoreUnusable as error:
        _tell(error)


def _tell(error: StoreUnusable) -> None:
    log.error("file_store_unusable", problem=str(error))


def site() -> Site:
    """Return what `prepare` noted."""
    assert _site is not None, "start the process's modules first"
    return _site


def store_in_use() -> Store:
    """Return where this process keeps contents."""
    return site().store

"""A small disk of its own for the data folder, so that it can be full without harm to anybody."""

import contextlib
import errno
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SIZE_BYTES = 3 << 30
_BALLAST = "ballast"
_STEP_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Disk:
    """Where the data are; `is_small` if the folder is a file system of its own."""

    folder: Path
    is_small: bool

    @property
    def data(self) -> Path:
        """Return the data folder."""
        return self.folder / "data"

    def fill(self) -> int:
        """Take all that is free; return the bytes taken. Only on a disk of our own."""
        assert self.is_small, "nobody else's disk is filled"
        descriptor = os.open(self.folder / _BALLAST, os.O_CREAT | os.O_WRONLY, 0o600)
        taken, step = 0, _STEP_BYTES
        try:
            while step >= 4096:
                try:
                    os.posix_fallocate(descriptor, taken, step)
                    taken += step
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    step //= 2
        finally:
            os.close(descriptor)
        return taken

    def empty(self) -> None:
        """Give it back."""
        (self.folder / _BALLAST).unlink(missing_ok=True)


@contextlib.contextmanager
def small_disk() -> Iterator[Disk]:
    """Mount an ext4 of 3 GB where we may; elsewhere an ordinary folder. Removed at the end."""
    with tempfile.TemporaryDirectory(prefix="metatron-night-") as name:
        folder, image = Path(name) / "disk", Path(name) / "image"
        folder.mkdir()
        mounted = _mount(image, folder)
        # The server's account has to walk to its files.
        for each in (Path(name), folder):
            each.chmod(0o711)
        try:
            yield Disk(folder, mounted)
        finally:
            if mounted:
                subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _mount(image: Path, folder: Path) -> bool:
    if os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
        return False
    with image.open("wb") as file:
        file.truncate(SIZE_BYTES)
    # No part is kept back for root: full is full for everybody.
    made = subprocess.run(
        ["mkfs.ext4", "-q", "-F", "-m", "0", str(image)], check=False, capture_output=True
    )
    if made.returncode:
        return False
    mounted = subprocess.run(
        ["mount", "-o", "loop", str(image), str(folder)], check=False, capture_output=True
    )
    return mounted.returncode == 0

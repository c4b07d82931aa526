"""One running instance per data folder."""

import fcntl
import os
from pathlib import Path

from metatron.kernel.process.failures import ProcessError


class InstanceLock:
    """A lock on a data folder; the kernel lets it go when the holder dies, however it dies."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Tell whether this very object holds the lock."""
        return self._descriptor is not None

    def acquire(self) -> None:
        """Take the lock, at once or not at all; a second call by the holder does nothing.

        Raises `ProcessError` naming the holder when another process has it.
        """
        if self.held:
            return
        descriptor = os.open(self._data_dir / "instance.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(descriptor, 20).decode().strip() or "unknown"
            os.close(descriptor)
            raise ProcessError(
                f"process {holder} already runs on the data folder {self._data_dir}",
                "stop that one first, or name another folder with --data DIR",
            ) from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; does nothing when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

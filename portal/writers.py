"""Where writers of one school wait for each other (decision 0019), and how a file is written."""

import contextlib
import fcntl
import os
import time
from pathlib import Path

import peewee


class WritersLock:
    """A lock on a file beside the database, each thread with a handle of its own.

    SQLite alone lets writers sleep and try again, ever longer and in no order. The system lets go of the lock
    of whoever dies.
    """

    WAIT, LOOK = 5.0, 0.001  # seconds

    def __init__(self, database: Path) -> None:
        """Raises `peewee.OperationalError` when there can be no such file."""
        try:
            self.handle = os.open(database.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise peewee.OperationalError(f"lock of {database.stem}: {error.strerror}") from None

    def take(self) -> None:
        """Raises `peewee.OperationalError` when it is not to be had in time."""
        end = time.monotonic() + self.WAIT
        while True:
            try:
                return fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > end:
                    raise peewee.OperationalError("database is locked") from None
                time.sleep(self.LOOK)

    def leave(self) -> None:
        fcntl.flock(self.handle, fcntl.LOCK_UN)

    def __del__(self) -> None:
        with contextlib.suppress(AttributeError, OSError):
            os.close(self.handle)


def write_whole(path: Path, value: bytes) -> None:
    """Write a file so that whoever opens it finds this or what was there before, whole, also after a power cut.

    For its owner only.
    """
    part = path.with_suffix(".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(value)
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

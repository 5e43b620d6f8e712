"""Where writers of one school wait for each other (decision 0019)."""

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

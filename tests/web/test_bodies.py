"""A body that does not come in ends its worker, so that the server starts another; one that comes does not."""

import subprocess
import sys
import time

from portal.config import ROOT

STALLED = """
import time
from portal.web import bodies
bodies.PATIENCE = 0.2
class Slow:
    def read(self, size=-1):
        time.sleep({seconds})
        return b"a"
body = bodies.Body(Slow())
print(body.read(1), body.read(1), flush=True)
time.sleep(0.3)
print("goes on")
"""


def read(seconds: float) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", STALLED.format(seconds=seconds)], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_a_body_that_comes_in_time_is_read() -> None:
    assert read(0) == (0, "b'a' b'a'\ngoes on\n")


def test_a_body_that_does_not_come_ends_the_process() -> None:
    began = time.monotonic()
    assert read(30) == (1, "")
    assert time.monotonic() - began < 20


def test_many_small_waits_count_together() -> None:
    assert read(0.15) == (1, "")

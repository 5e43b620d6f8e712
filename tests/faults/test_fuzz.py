"""10,000 requests made from the URL map and the forms: none ends in an error of ours."""

import os
import time
from collections.abc import Callable

from portal.audit.queries import links
from portal.audit.rules import verify
from tests.web.conftest import frozen, scene  # noqa: F401
from tests.web.test_fuzz import Trial, fuzz, trial  # noqa: F401

REQUESTS = int(os.environ.get("REQUESTS", "10000"))


def test_ten_thousand_odd_requests_and_no_error_of_ours(
    trial: Trial,  # noqa: F811
    tell: Callable[[str], None],
) -> None:
    began = time.monotonic()
    fuzz(trial, REQUESTS)
    assert trial.statuses.total() >= REQUESTS
    assert verify(links).findings == []
    counted = ", ".join(f"{status}: {times}" for status, times in sorted(trial.statuses.items()))
    tell(f"{trial.statuses.total()} requests in {time.monotonic() - began:.0f} s, 0 × 500 ({counted})")

"""From where somebody signs in, and how much of what fails stands in the trail. Pure."""

from typing import NamedTuple

# Failures of no account that stand in the trail per hour: anybody can make them, and nothing is ever taken out of it.
MOST_OF_NOBODY = 10


class Visitor(NamedTuple):
    """What a browser tells of itself: its address, its User-Agent, and the marks of `portal.accounts.devices`."""

    address: str = ""
    agent: str = ""
    marks: str = ""

"""A mail server that can do something in the middle of a message."""

from collections.abc import Callable
from typing import Any

from aiosmtpd.controller import Controller

from tests.browser.conftest import free_port


class Mailbox:
    """Takes every mail; `on_data` is called with the number of the mail before it is taken."""

    def __init__(self) -> None:
        self.port = free_port()
        self.taken: list[str] = []
        self.on_data: Callable[[int], None] = lambda number: None
        self.on_rcpt: Callable[[int], None] = lambda number: None
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.on_rcpt(len(self.taken))
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.extend(envelope.rcpt_tos)
        # Taken, but the one who sent it does not know yet.
        self.on_data(len(self.taken))
        return "250 OK"

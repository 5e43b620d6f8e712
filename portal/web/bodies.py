"""What comes in: who sends slowly does not hold up the others for long, and a field has a name.

Each worker answers one request at a time, and the server gives it the body as it comes in. A telephone that
loses its signal halfway through a form would keep the worker for ever; two of them, the whole portal.
"""

import faulthandler
import os
import time
from typing import Any

from flask import Flask, abort, request

PATIENCE = 10.0  # seconds for the whole body of a form, of 1 MB at most
NOWHERE = os.open(os.devnull, os.O_WRONLY)  # where the stack of a worker that ends is written


class Body:
    """The body of one request, as `wsgi.input`; the worker ends when it does not come in time.

    The server's stream can neither be asked what is there nor be left alone, so the process ends as with
    kill -9 and the server starts another. Nothing is lost: nothing else was being answered in it.
    """

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.until = 0.0

    def read(self, size: int = -1) -> bytes:
        now = time.monotonic()
        self.until = self.until or now + PATIENCE
        # A watch outside Python, which is not held up by what is.
        faulthandler.dump_traceback_later(max(self.until - now, 0.001), exit=True, file=NOWHERE)
        try:
            return bytes(self.stream.read(size))
        finally:
            faulthandler.cancel_dump_traceback_later()


def init_bodies(app: Flask) -> None:
    """To be called before the check against forged forms, which expects names."""
    answer = app.wsgi_app

    def patient(environ: Any, start_response: Any) -> Any:
        environ["wsgi.input"] = Body(environ["wsgi.input"])
        return answer(environ, start_response)

    app.wsgi_app = patient  # type: ignore[method-assign]

    @app.before_request
    def refuse_fields_without_a_name() -> None:
        if request.method == "POST" and None in request.form:
            abort(400)

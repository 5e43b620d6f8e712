"""The built front end: names with their content hash, sent compressed as they were built."""

import json
import mimetypes
from pathlib import Path
from typing import Any

from flask import Flask, request, send_from_directory

from portal.web.access import public

ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


class Assets(dict[str, str]):
    """Built file names by plain name, read once the front end has been built."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def __missing__(self, name: str) -> str:
        manifest = self.folder / "manifest.json"
        if manifest.exists():
            self.update(json.loads(manifest.read_text("utf-8")))
        return self.get(name, name)


def init_assets(app: Flask, folder: Path) -> None:
    """Serve the folder at `/static/` and give templates `asset(name)`."""
    names = Assets(folder)
    app.jinja_env.globals["asset"] = lambda name: f"/static/{names[name]}"
    # For a page that has to stand on its own.
    app.extensions["asset_text"] = lambda name: (folder / names[name]).read_text("utf-8")

    @app.get("/static/<path:name>", endpoint="static")
    @public
    def static(name: str) -> Any:
        for encoding, ending in ENCODINGS:
            if request.accept_encodings.quality(encoding) > 0 and (folder / (name + ending)).is_file():
                answer = send_from_directory(folder, name + ending)
                answer.headers["Content-Encoding"] = encoding
                answer.headers["Content-Type"] = mimetypes.guess_type(name)[0] or "application/octet-stream"
                break
        else:
            answer = send_from_directory(folder, name)
        answer.headers["Vary"] = "Accept-Encoding"
        return answer

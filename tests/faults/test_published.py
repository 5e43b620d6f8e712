"""The public page while it is published, and after what publishes it was killed: one whole version, never an error."""

import re
import subprocess
import threading
from collections.abc import Callable

from portal.communication.documents.models import Document, DocumentVersion
from portal.config import ROOT
from tests.communication.publishing import command
from tests.faults.portal import Client, Installation, NoAnswer

ROUNDS, VERSIONS, READERS = 6, 12, 4


class Reader(threading.Thread):
    """Somebody who presses F5 all the time."""

    def __init__(self, port: int, path: str, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.client, self.path, self.stop = Client(port, "nobody"), path, stop
        self.seen: list[str] = []
        self.wrong: list[str] = []

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                answer = self.client.get(self.path)
            except NoAnswer as trouble:
                self.wrong.append(str(trouble))
                return
            marks = re.findall(r"v\d+v", answer.text)
            # Each version has its mark in five parts of two languages.
            if answer.status != 200 or len(marks) != 10 or len(set(marks)) != 1:
                self.wrong.append(f"{answer.status}: {marks}")
            self.seen += marks[:1]
        self.client.close()


def online(portal: Installation) -> str:
    """The mark of what the database says is online."""
    with portal.opened():
        document = Document.get(Document.kind == "statement")
        said = DocumentVersion.get(
            DocumentVersion.document == document, DocumentVersion.number == document.online
        ).texts
    return re.findall(r"v\d+v", said["nl"]["going"])[0]


def publishing(portal: Installation, stop_after: int) -> str:
    """Publish versions in a process of its own and kill it right after an acknowledgement; gives the path."""
    with subprocess.Popen(command(VERSIONS), cwd=ROOT, env=portal.env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        path = process.stdout.readline().strip()
        for line in process.stdout:
            if int(line.strip("v\n")) >= stop_after:
                break
        process.kill()
    return path


def test_whoever_is_killed_the_page_is_one_whole_version(portal: Installation, tell: Callable[[str], None]) -> None:
    path, seen = publishing(portal, VERSIONS), 0
    for number in range(ROUNDS):
        stop = threading.Event()
        readers = [Reader(portal.port, path, stop) for _ in range(READERS)]
        for reader in readers:
            reader.start()
        publishing(portal, 2 + number)
        stop.set()
        for reader in readers:
            reader.join()
        assert not [trouble for reader in readers for trouble in reader.wrong]
        seen += sum(len(reader.seen) for reader in readers)
        portal.kill()
        before = Client(portal.port, "nobody")
        portal.start()
        shown = set(re.findall(r"v\d+v", before.get(path).text))
        before.close()
        assert shown == {online(portal)}
    assert portal.troubles() == []
    tell(f"{seen} readings while it was published, {ROUNDS} kills, 0 halves, the newest online after each start")


def test_it_is_there_without_the_database(portal: Installation, tell: Callable[[str], None]) -> None:
    path = publishing(portal, VERSIONS)
    away = portal.place.file.with_suffix(".away")
    portal.place.file.rename(away)
    assert (portal.status("/login"), portal.status(path)) == (503, 200)
    away.rename(portal.place.file)
    tell("sign-in 503, statement 200")

"""Mail leaves this machine under TLS with a certificate that holds, or it does not leave."""

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.notices.models import QUEUED, SENT, Mail
from portal.notices.operations import smtp_sender
from tests.notices.test_outbox import MailServer, free_port, port, queue, send

__all__ = ["port", "send"]  # fixtures of the outbox: one round of the worker


def own_address() -> str:
    """This machine's address on a network; '' where it has none. Nothing is sent to find out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        address: str = probe.getsockname()[0]
    return "" if address.startswith("127.") else address


ADDRESS = own_address()
pytestmark = pytest.mark.skipif(not ADDRESS, reason="this machine has no address but loopback")


def certificate(folder: Path, address: str = ADDRESS) -> ssl.SSLContext:
    """For this address, signed by nobody else; `server.pem` is what somebody would have to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "server.pem"
    file.write_bytes(pem + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.fixture
def serve() -> Iterator[Callable[..., tuple[MailServer, int]]]:
    """`serve(tls_context=…)` starts a mail server at the machine's own address."""
    running: list[Any] = []

    def start(**options: Any) -> tuple[MailServer, int]:
        handler, port = MailServer(), free_port()
        controller = Controller(handler, hostname=ADDRESS, port=port, **options)
        controller.start()
        running.append(controller)
        return handler, port

    yield start
    for controller in running:
        controller.stop()


def test_a_server_without_starttls_gets_nothing(school: Any, serve: Any, send: Any, clock: Any) -> None:
    server, port = serve()
    queue(clock)
    assert send(smtp_sender(urlsplit(f"smtp://{ADDRESS}:{port}"))) == 0
    assert (server.taken, Mail.get().state) == ([], QUEUED)
    # It does take mail from who asks for no TLS: it was us who refused.
    with smtplib.SMTP(ADDRESS, port) as plain:
        plain.sendmail("a@school.example", ["b@school.example"], "Subject: x\r\n\r\nx")
    assert len(server.taken) == 1


@pytest.mark.parametrize("login", ["", "user:secret@"])
def test_a_certificate_that_nobody_signed_gets_nothing(
    school: Any, serve: Any, send: Any, clock: Any, tmp_path: Path, login: str
) -> None:
    server, port = serve(tls_context=certificate(tmp_path))
    queue(clock)
    assert send(smtp_sender(urlsplit(f"smtp://{login}{ADDRESS}:{port}"))) == 0
    assert (server.taken, Mail.get().state) == ([], QUEUED)


@pytest.mark.parametrize(("other", "sent"), [("192.0.2.7", 0), ("", 1)])
def test_a_certificate_that_holds_for_this_name_is_enough(
    school: Any, serve: Any, send: Any, clock: Any, tmp_path: Path, monkeypatch: Any, other: str, sent: int
) -> None:
    """A school with an authority of its own names it to OpenSSL."""
    server, port = serve(tls_context=certificate(tmp_path, other or ADDRESS))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
    queue(clock)
    assert send(smtp_sender(urlsplit(f"smtp://{ADDRESS}:{port}"))) == sent
    assert (len(server.taken), Mail.get().state) == (sent, SENT if sent else QUEUED)

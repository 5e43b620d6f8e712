"""Second factors for tests: an app with a known secret, and passkeys made in Python."""

import hashlib
import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any

import cbor2
import pyotp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from portal.accounts.models import Person, Totp
from tests.conftest import MONDAY

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def give_app(person: Person) -> Person:
    """This person has an app that makes codes."""
    Totp.create(person=person, secret=SECRET, made_at=MONDAY, confirmed_at=MONDAY)
    return person


def code_at(now: datetime, step: int = 0) -> str:
    """What the app shows, `step` times half a minute later."""
    return pyotp.TOTP(SECRET).at(now, counter_offset=step)


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "==")


class Authenticator:
    """A device with one passkey, as a browser passes its words on. Each call may be told to lie."""

    def __init__(self, host: str = "localhost", origin: str = "http://localhost:8000", *, counts: bool = True) -> None:
        self.host, self.origin, self.counts = host, origin, counts
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = hashlib.sha256(repr(self.key).encode()).digest()
        self.count, self.handle = 0, b""

    def _client(self, kind: str, challenge: str, /, **lies: Any) -> bytes:
        said = {"type": f"webauthn.{kind}", "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said | lies).encode()

    def _data(self, flags: int, more: bytes = b"") -> bytes:
        self.count += self.counts
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count) + more

    def make(self, options: dict[str, Any], *, flags: int = PRESENT | VERIFIED, **lies: Any) -> str:
        self.handle = unb64(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        about = bytes(16) + struct.pack(">H", len(self.id)) + self.id + public
        attested = {"fmt": "none", "attStmt": {}, "authData": self._data(flags | ATTESTED, about)}
        return self._answer(
            {
                "clientDataJSON": b64(self._client("create", options["challenge"], **lies)),
                "attestationObject": b64(cbor2.dumps(attested)),
            }
        )

    def sign(self, options: dict[str, Any], *, flags: int = PRESENT | VERIFIED, **lies: Any) -> str:
        handle = lies.pop("handle", self.handle)
        client, data = self._client("get", options["challenge"], **lies), self._data(flags)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": b64(client),
                "authenticatorData": b64(data),
                "signature": b64(signature),
                "userHandle": b64(handle),
            }
        )

    def _answer(self, response: dict[str, str]) -> str:
        return json.dumps({"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response})

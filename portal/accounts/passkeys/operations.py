"""Passkeys (WebAuthn): adding one, and proving with one who it is.

What a browser sends can be anything: whatever the library finds wrong with it, or fails at, is one refusal.
The library is loaded when the first passkey is used.
"""

import json
import logging
from base64 import urlsafe_b64decode
from binascii import Error as NoBase64
from collections.abc import Callable
from datetime import datetime
from typing import Any

from portal.accounts.entry import operations as entry
from portal.accounts.entry.rules import Visitor
from portal.accounts.factors import operations as factors
from portal.accounts.factors import queries
from portal.accounts.models import Challenge, Passkey, Person
from portal.accounts.passkeys import rules
from portal.accounts.passkeys.rules import Site
from portal.accounts.queries import by_id
from portal.db import db
from portal.errors import N_, Invalid, Refused

log = logging.getLogger("rustpunt")
TOO_LATE = N_("This took too long, or was done before. Try it once more.")
NOT_CHECKED = N_("This passkey could not be checked. Try again, or use another way.")
UNKNOWN = N_("This passkey is not known here. Maybe it was removed. Use another way.")
OF_OTHERS = N_("This passkey is of somebody else.")
WENT_BACK = N_("This passkey may have been copied, so it was refused. Use another way, and tell the administrator.")


def options_to_add(person: Person, site: Site, *, now: datetime) -> str:
    """What the browser needs to make a passkey, as JSON. Raises `Refused`."""
    import webauthn
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    factors.check_free(person, now)
    return webauthn.options_to_json(
        webauthn.generate_registration_options(
            rp_id=site.host,
            rp_name="Rustpunt",
            user_id=site.handle(person.id),
            user_name=person.email,
            user_display_name=person.name,
            challenge=_new_challenge(person, rules.ADD, now),
            # Known without a name typed first, and only after a finger, face or code: it is both steps in one.
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=_described(person),
        )
    )


def options_to_prove(person: Person | None, site: Site, *, now: datetime) -> str:
    """What the browser needs to use a passkey, as JSON; without a person to sign in with any of this portal."""
    import webauthn
    from webauthn.helpers.structs import UserVerificationRequirement

    return webauthn.options_to_json(
        webauthn.generate_authentication_options(
            rp_id=site.host,
            challenge=_new_challenge(person, rules.STEP_UP if person else rules.SIGN_IN, now),
            allow_credentials=_described(person) if person else None,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def _described(person: Person) -> list[Any]:
    from webauthn import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(base64url_to_bytes(key.credential_id)) for key in queries.passkeys_of(person)]


def _new_challenge(person: Person | None, purpose: str, now: datetime) -> bytes:
    from webauthn.helpers import bytes_to_base64url, generate_challenge

    challenge = generate_challenge()
    with db.atomic():
        Challenge.delete().where(Challenge.ends_at <= now).execute()
        made = Challenge.create(
            value=bytes_to_base64url(challenge), person=person, purpose=purpose, ends_at=now + rules.LASTS
        )
        # Anybody can ask for one.
        Challenge.delete().where(Challenge.id <= made.id - rules.MOST_OPEN).execute()
    return challenge


def add(person: Person, sent: str, name: str, site: Site, *, now: datetime) -> list[str]:
    """Keep a new passkey. Gives recovery codes with the first factor. Raises `Invalid` and `Refused`."""
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url

    credential = _read(sent)
    challenge = _use_challenge(credential, person, rules.ADD, now)
    made = _checked(verify_registration_response, credential, challenge, site)
    key_id, public_key = bytes_to_base64url(made.credential_id), bytes_to_base64url(made.credential_public_key)
    with db.atomic():
        factors.check_free(person, now)
        if len(queries.passkeys_of(person)) >= rules.MOST:
            raise Refused(N_("You have many passkeys already."), N_("Remove one that you do not use."))
        if len(key_id) > 1400 or Passkey.select().where(Passkey.credential_id == key_id).exists():
            raise Invalid("credential", NOT_CHECKED)
        first = not queries.has_factor(person)
        Passkey.create(
            person=person,
            credential_id=key_id,
            public_key=public_key,
            sign_count=made.sign_count,
            name=name,
            made_at=now,
        )
        factors.changed("passkey", person, now=now, actor_id=person.id)
        return factors.after_adding(person, first=first, now=now)


def sign_in(sent: str, site: Site, visitor: Visitor, *, now: datetime, only: int | None = None) -> Person:
    """Begin a session that has shown its second factor too. Raises `Invalid`, and `Refused` as with a password."""
    key = _prove(sent, None, site, now)
    person = by_id(key.person_id)
    if person is None or person.left_at is not None:
        raise Invalid("credential", UNKNOWN)
    if only is not None and person.id != only:
        raise entry.of_colleague()
    with db.atomic():
        # It may have been removed since it was checked, with every session there was.
        if not Passkey.select().where(Passkey.id == key.id).exists():
            raise Invalid("credential", UNKNOWN)
        entry.begin(person, visitor, now=now, how="passkey", stepped_up=True)
    return person


def step_up(person: Person, sent: str, site: Site, *, now: datetime) -> None:
    """Show a passkey as second factor in this session. Raises `Invalid`."""
    _prove(sent, person, site, now)
    entry.step_up(person, now=now)


def _prove(sent: str, person: Person | None, site: Site, now: datetime) -> Passkey:
    """The passkey that signed this. Raises `Invalid`."""
    from webauthn import base64url_to_bytes, verify_authentication_response

    credential = _read(sent)
    challenge = _use_challenge(credential, person, rules.STEP_UP if person else rules.SIGN_IN, now)
    key: Passkey | None = Passkey.get_or_none(Passkey.credential_id == credential["id"])
    if key is None:
        raise Invalid("credential", UNKNOWN)
    if key.person_id != (person.id if person else key.person_id):
        raise Invalid("credential", OF_OTHERS)
    handle = credential["response"].get("userHandle")
    if handle is not None and _decoded(handle) != site.handle(key.person_id):
        raise Invalid("credential", OF_OTHERS)
    public_key = base64url_to_bytes(key.public_key)
    # The count is compared below, in the statement that keeps the new one: of two workers only one may be behind.
    known = {"credential_public_key": public_key, "credential_current_sign_count": 0}
    proof = _checked(verify_authentication_response, credential, challenge, site, **known)
    with db.atomic():
        # Passkeys that are synchronised never count: they stay at 0.
        new = proof.new_sign_count
        ahead = Passkey.sign_count < new if new else Passkey.sign_count == 0
        if not Passkey.update(sign_count=new, used_at=now).where(Passkey.id == key.id, ahead).execute():
            raise Invalid("credential", WENT_BACK)
    return key


def _read(sent: str) -> dict[str, Any]:
    """What a browser said of a passkey, as far as it has the shape of it. Raises `Invalid`."""
    try:
        credential = json.loads(sent) if len(sent) <= rules.MOST_SENT else None
    except (ValueError, RecursionError):
        credential = None
    if (
        not isinstance(credential, dict)
        or not isinstance(credential.get("id"), str)
        or not credential["id"].isascii()
        or not isinstance(credential.get("response"), dict)
    ):
        raise Invalid("credential", NOT_CHECKED)
    return credential


def _decoded(text: Any) -> bytes:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (NoBase64, TypeError, ValueError):
        return b""


def _use_challenge(credential: dict[str, Any], person: Person | None, purpose: str, now: datetime) -> bytes:
    """The challenge that was signed, taken away: no second answer to it counts. Raises `Invalid`."""
    try:
        value = str(json.loads(_decoded(credential["response"].get("clientDataJSON")))["challenge"])
        value.encode("ascii")
    except (ValueError, RecursionError, TypeError, KeyError):
        raise Invalid("credential", NOT_CHECKED) from None
    whose = Challenge.person == person if person else Challenge.person.is_null()
    with db.atomic():
        mine = (Challenge.value == value) & whose & (Challenge.purpose == purpose) & (Challenge.ends_at > now)
        if not Challenge.delete().where(mine).execute():
            raise Invalid("credential", TOO_LATE)
    return _decoded(value)


def _checked(verify: Callable[..., Any], credential: dict[str, Any], challenge: bytes, site: Site, **known: Any) -> Any:
    """What the library finds. It does not say all that it may raise for bytes that no browser makes."""
    try:
        return verify(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
            **known,
        )
    except Exception as error:
        log.info("passkey refused: %s", type(error).__name__)
        raise Invalid("credential", NOT_CHECKED) from None

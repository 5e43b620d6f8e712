"""The second factor: setting it up, showing it, losing it."""

from datetime import datetime, timedelta
from hmac import compare_digest
from math import ceil
from typing import Any

from portal.accounts.confirmations.operations import ask
from portal.accounts.entry.operations import step_up
from portal.accounts.factors import queries, rules
from portal.accounts.models import Challenge, Confirmation, Passkey, Person, RecoveryCode, SignIn, Totp
from portal.accounts.queries import by_id
from portal.accounts.rules import hashed
from portal.accounts.throttle import operations as throttle
from portal.audit.operations import record
from portal.db import db
from portal.errors import N_, Invalid, Missing, Refused
from portal.notices.operations import tell

WRONG_CODE = N_("This code is not right, or it was used before. Wait for the next one and try again.")


def changed(verb: str, person: Person, *, now: datetime, actor_id: int | None, **detail: Any) -> None:
    """Write down what changed in somebody's second factor, and mail them that something did; joins the transaction."""
    subject = f"person:{person.id}"
    record(f"account:factor:{verb}", subject, actor_id=actor_id, now=now, **detail)
    tell(person, "factor-reset" if verb == "reset" else "factor", subject, now=now)


def check_shown(person: Person, now: datetime) -> None:
    """Refuse who did not show a factor lately: at an open laptop nobody changes one. Raises `Refused`."""
    if not rules.is_fresh(person.stepped_up_at, now):
        raise Refused(
            N_("Show your second step first."), N_("Open the page of your second step again: it asks for it.")
        )


def check_free(person: Person, now: datetime) -> None:
    """The same for who has a factor: neither a stolen password nor a copied cookie must add one. Raises `Refused`."""
    if queries.has_factor(person):
        check_shown(person, now)


def begin_app(person: Person, *, now: datetime) -> None:
    """Make the secret of a new app. The app of before works until a code of the new one came. Raises `Refused`."""
    # Here, as in all of this package: what makes and checks codes is not loaded until somebody needs it.
    import pyotp

    with db.atomic():
        check_free(person, now)
        Totp.delete().where(Totp.person == person, Totp.confirmed_at.is_null()).execute()
        Totp.create(person=person, secret=pyotp.random_base32(), made_at=now)


def confirm_app(person: Person, code: str, *, now: datetime) -> list[str]:
    """From now on codes of the new app count. Gives recovery codes with the first factor. Raises `Invalid`."""
    with db.atomic():
        check_free(person, now)
        app = queries.new_app_of(person)
        if app is None:
            raise Missing
        if not _claim_step(app, rules.plain(code), now):
            raise Invalid("code", N_("This code is not right. Is the clock of your phone right? Try the next one."))
        first = not queries.has_factor(person)
        Totp.delete().where(Totp.person == person, Totp.id != app.id).execute()
        Totp.update(confirmed_at=now).where(Totp.id == app.id).execute()
        changed("app", person, now=now, actor_id=person.id)
        return after_adding(person, first=first, now=now)


def after_adding(person: Person, *, first: bool, now: datetime) -> list[str]:
    """With the first factor the session is stepped up and recovery codes are made; joins the transaction."""
    if not first:
        return []
    step_up(person, now=now)
    return _make_codes(person)


def new_codes(person: Person, *, now: datetime) -> list[str]:
    """Ten new recovery codes in place of the old ones. Raises `Refused`."""
    with db.atomic():
        check_shown(person, now)
        if not queries.has_factor(person):
            raise Refused(N_("Show your second step first."))
        codes = _make_codes(person)
        changed("codes", person, now=now, actor_id=person.id)
    return codes


def _make_codes(person: Person) -> list[str]:
    codes = rules.recovery_codes()
    RecoveryCode.delete().where(RecoveryCode.person == person).execute()
    for code in codes:
        RecoveryCode.create(person=person, code_hash=hashed(rules.plain(code)))
    return codes


def remove(person: Person, passkey_id: int | None, *, may_be_last: bool, now: datetime) -> None:
    """Take away a passkey, or (None) the app. Outside the demo the last factor stays. Raises `Refused`, `Missing`."""
    with db.atomic():
        check_shown(person, now)
        there = queries.factors_of(person)
        mine = {key.id for key in there.passkeys} | ({None} if there.app else set())
        if passkey_id not in mine:
            raise Missing
        if there.number == 1 and not may_be_last:
            raise Refused(N_("This is your only second step."), N_("Add another one first; then you can remove this."))
        if passkey_id is None:
            Totp.delete().where(Totp.person == person).execute()
        else:
            Passkey.delete().where(Passkey.id == passkey_id, Passkey.person == person).execute()
        if there.number == 1:
            RecoveryCode.delete().where(RecoveryCode.person == person).execute()
        changed("remove", person, now=now, actor_id=person.id, passkey=passkey_id)


def show_code(person: Person, code: str, *, now: datetime) -> None:
    """Step this session up with a code of the app or a recovery code.

    Raises `Invalid` for a wrong one, and `TooOften` after too many; the session has ended then. Not to be called
    inside a transaction: what counts the tries stays, whatever comes of it.
    """
    counted = _counted(person)
    _refuse(person, throttle.reserve(counted, now, rules.closed_until), now)
    if _is_right(person, rules.plain(code), now):
        with db.atomic():
            throttle.forget(counted)
            step_up(person, now=now)
        return
    with db.atomic():
        record("account:factor:fail", f"person:{person.id}", actor_id=person.id, now=now)
    _refuse(person, throttle.now_refused(counted, now, rules.closed_until), now)
    raise Invalid("code", WRONG_CODE)


def _counted(person: Person) -> tuple[object, ...]:
    return "code", person.id


def _refuse(person: Person, wait: timedelta | None, now: datetime) -> None:
    if wait is None:
        return
    with db.atomic():
        SignIn.delete().where(SignIn.id == person.session_id).execute()
        record("account:factor:close", f"person:{person.id}", actor_id=person.id, now=now)
    raise rules.too_many(ceil(wait.total_seconds()))


def _is_right(person: Person, code: str, now: datetime) -> bool:
    app = queries.app_of(person)
    if rules.is_app_code(code):
        return app is not None and _claim_step(app, code, now)
    with db.atomic():
        used = (
            RecoveryCode.update(used_at=now)
            .where(
                RecoveryCode.person == person,
                RecoveryCode.code_hash == hashed(rules.as_recovery_code(code)),
                RecoveryCode.used_at.is_null(),
            )
            .execute()
        )
        if used:
            changed("recover", person, now=now, actor_id=person.id)
    return bool(used)


def _claim_step(app: Totp, code: str, now: datetime) -> bool:
    """Whether it is a code of this app, of a time step none was accepted for yet; of two at once only one wins."""
    import pyotp

    if not rules.is_app_code(code):
        return False
    codes = pyotp.TOTP(app.secret, interval=rules.STEP)
    for offset in range(-rules.WINDOW, rules.WINDOW + 1):
        if compare_digest(codes.at(now, counter_offset=offset), code):
            step = rules.step_of(now) + offset
            with db.atomic():
                claim = Totp.update(last_step=step).where(Totp.id == app.id, Totp.last_step < step)
                return bool(claim.execute())
    return False


def address_of(person: Person, app: Totp) -> str:
    """What an app reads to make this person's codes (`otpauth:`)."""
    import pyotp

    return pyotp.TOTP(app.secret, interval=rules.STEP).provisioning_uri(name=person.email, issuer_name="Rustpunt")


def drawn(address: str) -> str:
    """The same as a QR code in SVG, without a style of its own."""
    import segno

    svg: str = segno.make(address, error="m").svg_inline(omitsize=True, svgclass=None, lineclass=None)
    return svg


def ask_reset(person: Person, *, actor: Person, now: datetime) -> None:
    """The administrator asks leadership to confirm that somebody's factors are removed. Raises `Refused`."""
    if not queries.has_factor(person):
        raise Refused(N_("There is no second step to remove."), N_("It is set up at the next sign-in."))
    ask(rules.CONFIRMATION, person, actor=actor, now=now)


def reset_confirmed(asked: Confirmation, *, actor: Person, now: datetime) -> None:
    """What happens once leadership confirmed it."""
    person = by_id(asked.person_id)
    assert person
    reset(person, actor_id=actor.id, now=now, asked_by=asked.asked_by_id)


def reset(person: Person, *, actor_id: int | None, now: datetime, **detail: Any) -> None:
    """Remove every factor and recovery code of somebody and end all their sessions; they get a mail."""
    with db.atomic():
        for model in (Totp, Passkey, RecoveryCode, Challenge, SignIn):
            model.delete().where(model.person == person).execute()
        throttle.forget(_counted(person))
        changed("reset", person, now=now, actor_id=actor_id, **detail)

"""What somebody has set up as second factor."""

from dataclasses import dataclass

from portal.accounts.models import Passkey, Person, RecoveryCode, Totp


def app_of(person: Person) -> Totp | None:
    """The app whose codes count."""
    found = Totp.select().where(Totp.person == person, Totp.confirmed_at.is_null(False)).first()
    return found  # type: ignore[no-any-return]


def new_app_of(person: Person) -> Totp | None:
    """An app that is being set up."""
    found = Totp.select().where(Totp.person == person, Totp.confirmed_at.is_null()).first()
    return found  # type: ignore[no-any-return]


def passkeys_of(person: Person) -> list[Passkey]:
    return list(Passkey.select().where(Passkey.person == person).order_by(Passkey.id))


def has_factor(person: Person) -> bool:
    return bool(app_of(person) or Passkey.select().where(Passkey.person == person).exists())


def codes_left(person: Person) -> int:
    """How many recovery codes were not used yet."""
    left: int = RecoveryCode.select().where(RecoveryCode.person == person, RecoveryCode.used_at.is_null()).count()
    return left


@dataclass
class Factors:
    """Everything that one person can show as second factor."""

    app: Totp | None
    passkeys: list[Passkey]
    codes: int

    @property
    def number(self) -> int:
        """How many there are; recovery codes do not count, for they run out."""
        return len(self.passkeys) + (self.app is not None)


def factors_of(person: Person) -> Factors:
    return Factors(app_of(person), passkeys_of(person), codes_left(person))

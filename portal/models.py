"""Every table, in the order in which they depend on each other."""

from portal.accounts.models import (
    Absence,
    Challenge,
    Confirmation,
    Deputy,
    Failure,
    Link,
    Passkey,
    Person,
    RecoveryCode,
    SignIn,
    Totp,
    Turn,
)
from portal.actions.models import Action, Wish
from portal.audit.models import AuditEvent
from portal.care.notes.models import Note
from portal.drafts.models import Draft, SentForm
from portal.incidents.models import Entry, Flag, Incident, Involved, KeptOut, Membership, Report, Unrest
from portal.notices.models import Mail
from portal.protocol.models import ProtocolVersion
from portal.school.models import ClosedPeriod, School

MODELS = (
    AuditEvent,
    Mail,
    School,
    ClosedPeriod,
    Person,
    SignIn,
    Link,
    Totp,
    Passkey,
    RecoveryCode,
    Challenge,
    Failure,
    Turn,
    Confirmation,
    Deputy,
    Absence,
    ProtocolVersion,
    Incident,
    Flag,
    Report,
    Involved,
    Membership,
    KeptOut,
    Entry,
    Unrest,
    Action,
    Wish,
    Note,
    Draft,
    SentForm,
)

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
from portal.care.buddies.models import Buddy, CheckIn
from portal.care.conversations.models import Conversation
from portal.care.help.models import HelpOffer, HelpOption
from portal.care.notes.models import Note
from portal.care.rest.models import Rest, RestContact
from portal.classes.sheets.models import Sheet
from portal.classes.talks.models import ClassTalk, Worry
from portal.communication.documents.models import Document, DocumentAct, DocumentVersion
from portal.communication.letters.models import Informed
from portal.communication.media.models import MediaPlan, PressCall
from portal.communication.watch.models import Post, Watch, WatchTurn
from portal.drafts.models import Draft, SentForm
from portal.incidents.models import Entry, Flag, Incident, Involved, KeptOut, Membership, Report, Unrest
from portal.links.models import Ask, LinkDraft, LinkFeedback, LinkMessage, LinkVisit, SharedLink, ShareVersion, Wording
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
    Conversation,
    HelpOption,
    HelpOffer,
    Rest,
    RestContact,
    Buddy,
    CheckIn,
    ClassTalk,
    Worry,
    Sheet,
    Document,
    DocumentVersion,
    DocumentAct,
    Informed,
    MediaPlan,
    PressCall,
    Watch,
    WatchTurn,
    Post,
    SharedLink,
    ShareVersion,
    Ask,
    LinkMessage,
    Wording,
    LinkFeedback,
    LinkVisit,
    LinkDraft,
    Draft,
    SentForm,
)

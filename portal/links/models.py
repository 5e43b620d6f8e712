"""Shared links: what an outsider without an account is shown of one incident, is asked, and answers."""

from typing import Any

import peewee as pw

from portal.accounts.models import Person
from portal.actions.models import Action
from portal.db import JsonField, Model, UtcField
from portal.incidents.models import Incident


class SharedLink(Model):
    """The link of one person outside. A colleague's hangs under the first of that school, its `head`, which holds
    what is shared, asked and said; each has an address and a code of its own, so that the trail says who.

    Neither address nor code is kept: both are made of `nonce` and a secret that lies apart from the database, and
    `token_hash` finds the row. `wrong` counts wrong codes since the last right one. How it stands follows from the
    moments (`rules.state_of`).
    """

    incident = pw.ForeignKeyField(Incident, backref="shared_links")
    kind = pw.CharField(20)  # of outsider: a key of `kinds.rules.KINDS`
    head: Any = pw.ForeignKeyField("self", null=True, backref="colleagues")
    school = pw.CharField(120)
    function = pw.CharField(120, default="")
    name = pw.CharField(120)
    email = pw.CharField(254)
    phone = pw.CharField(30)
    language = pw.CharField(2, default="nl")
    nonce = pw.CharField(22, unique=True)
    token_hash = pw.CharField(64, unique=True)
    code_number = pw.IntegerField(default=1)
    wrong = pw.IntegerField(default=0)
    locked_until = UtcField(null=True)
    purpose = pw.CharField(20, default="")
    basis = pw.CharField(20, default="")
    purpose_words = pw.TextField(default="")
    parents = pw.CharField(20, default="")  # were the parents asked or told: a key of `making.rules.PARENTS`
    parents_words = pw.TextField(default="")
    days = pw.IntegerField(default=42)
    number = pw.IntegerField(default=0)  # of the newest `ShareVersion`; 0 until there is one
    made_by = pw.ForeignKeyField(Person, null=True, backref="links_made")
    made_at = UtcField()
    proposed_by: Any = pw.ForeignKeyField("self", null=True, backref="proposed")  # whose colleague this is
    sent_at = UtcField(null=True)
    sent_by = pw.ForeignKeyField(Person, null=True, backref="links_sent")
    ends_at = UtcField(null=True)
    opened_at = UtcField(null=True)
    accepted_at = UtcField(null=True)
    declined_at = UtcField(null=True)
    declined_words = pw.TextField(default="")
    revoked_at = UtcField(null=True)
    revoked_by = pw.ForeignKeyField(Person, null=True, backref="links_revoked")
    revoked_words = pw.TextField(default="")
    dead_at = UtcField(null=True)  # after too many wrong codes
    feedback_at = UtcField(null=True)  # since when the other school is asked how it went
    version = pw.IntegerField(default=1)

    @property
    def root(self) -> "SharedLink":
        """The link that holds what is shared: the head's for a colleague, else this one."""
        return self.head or self

    @property
    def subject(self) -> str:
        """What events of the trail about this link are about."""
        return f"link:{self.id}"

    class Meta:
        indexes = ((("incident", "made_at"), False),)


class ShareVersion(Model):
    """What was shared from a moment on; never changed (product rule 10).

    `content` holds `summary`, `people` (id, part, number and the `fields` that are shared), `statement` and `feedback`
    (yes or no); of a draft also `asks`, and `after` (the link in whose place it comes).
    """

    link = pw.ForeignKeyField(SharedLink, backref="versions", on_delete="CASCADE")
    number = pw.IntegerField()
    content = JsonField(default=dict)
    made_by = pw.ForeignKeyField(Person)
    made_at = UtcField()

    class Meta:
        indexes = ((("link", "number"), True),)


class Ask(Model):
    """An action of the plan that the other school was asked, or added itself (`own`): what they say of it.

    The action's own state stays the truth of done or not; `answer` is 'declined', 'kept' (their other date was not
    taken) or empty. `how` is what they read: the plan's own words on how may come to hold what is not shared. Of an own
    one it is what they typed, which the plan does not hold: who reads no names reads that.
    """

    link = pw.ForeignKeyField(SharedLink, backref="asks")
    action = pw.ForeignKeyField(Action, unique=True, backref="asked")
    key = pw.CharField(40, default="")  # of a ready one in asks.toml
    how = pw.TextField(default="")
    own = pw.BooleanField(default=False)
    answer = pw.CharField(10, default="")
    words = pw.TextField(default="")
    answered_at = UtcField(null=True)
    answered_by: Any = pw.ForeignKeyField(SharedLink, null=True, backref="answers")
    proposed_at = UtcField(null=True)  # the other date that they propose
    proposed_words = pw.TextField(default="")
    reminded_at = UtcField(null=True)
    version = pw.IntegerField(default=1)

    @property
    def title(self) -> str:
        """What is to be done, as both schools read it."""
        return str(self.how if self.own else self.action.title)

    @property
    def read_version(self) -> int:
        """Of the ask and its action together: both only grow, so it is another when either changed."""
        return int(self.version + self.action.version)


class LinkMessage(Model):
    """What one school wrote to the other. From us when `by_person`, from them when `by_link`; `kind` of `KINDS`."""

    link = pw.ForeignKeyField(SharedLink, backref="messages")
    kind = pw.CharField(10, default="message")
    text = pw.TextField()
    by_person = pw.ForeignKeyField(Person, null=True, backref="messages_to_partners")
    by_link: Any = pw.ForeignKeyField(SharedLink, null=True, backref="messages_by")
    at = UtcField()
    read_at = UtcField(null=True)  # when somebody at the other school opened it first

    class Meta:
        indexes = ((("link", "at"), False),)


class Wording(Model):
    """A statement that one school lays before the other: ours (`whose` 'ours', `number` the version of the document)
    or theirs; and what the other says of it: `proposed` has the parts that it would word otherwise."""

    link = pw.ForeignKeyField(SharedLink, backref="wordings")
    whose = pw.CharField(6)
    number = pw.IntegerField()
    texts = JsonField(default=dict)
    by_person = pw.ForeignKeyField(Person, null=True, backref="wordings_offered")
    by_link: Any = pw.ForeignKeyField(SharedLink, null=True, backref="wordings_by")
    at = UtcField()
    answer = pw.CharField(10, default="")  # agreed or proposed
    words = pw.TextField(default="")
    proposed = JsonField(default=dict)
    answered_by_person = pw.ForeignKeyField(Person, null=True, backref="wordings_answered")
    answered_by_link: Any = pw.ForeignKeyField(SharedLink, null=True, backref="wordings_answered_by")
    answered_at = UtcField(null=True)
    version = pw.IntegerField(default=1)

    class Meta:
        indexes = ((("link", "whose", "number"), True),)


class LinkFeedback(Model):
    """What the other school says at the evaluation, by question."""

    link = pw.ForeignKeyField(SharedLink, backref="feedback")
    by_link: Any = pw.ForeignKeyField(SharedLink, backref="feedback_by")
    answers = JsonField(default=dict)
    at = UtcField()

    class Meta:
        indexes = ((("link", "at"), False),)


class LinkVisit(Model):
    """A session that a code opened, for its link only; `key` stands for the secret in the browser's cookie."""

    link = pw.ForeignKeyField(SharedLink, backref="visits", on_delete="CASCADE")
    key = pw.CharField(64, unique=True)
    code_number = pw.IntegerField()
    network = pw.CharField(43)  # coarse, so that both schools can see from where
    began_at = UtcField()
    seen_at = UtcField()
    ended_at = UtcField(null=True)


class LinkDraft(Model):
    """What somebody outside is typing and did not send yet."""

    link = pw.ForeignKeyField(SharedLink, backref="drafts", on_delete="CASCADE")
    place = pw.CharField(200)
    text = pw.TextField()
    saved_at = UtcField()

    class Meta:
        indexes = ((("link", "place"), True),)

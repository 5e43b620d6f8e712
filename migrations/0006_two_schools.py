"""Two schools: shared links with what they show, ask and what was said, and sessions without an account.

Frozen: nothing is imported from the application. Only new tables, so that the code of before can still write.
"""

import peewee as pw


def up(migrator, db):
    class Table(pw.Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Table):
        pass

    class Incident(Table):
        pass

    class Action(Table):
        pass

    class SharedLink(Table):
        incident = pw.ForeignKeyField(Incident)
        kind = pw.CharField(max_length=20)
        head = pw.ForeignKeyField("self", null=True)
        school = pw.CharField(max_length=120)
        function = pw.CharField(max_length=120, default="")
        name = pw.CharField(max_length=120)
        email = pw.CharField(max_length=254)
        phone = pw.CharField(max_length=30)
        language = pw.CharField(max_length=2, default="nl")
        nonce = pw.CharField(max_length=22, unique=True)
        token_hash = pw.CharField(max_length=64, unique=True)
        code_number = pw.IntegerField(default=1)
        wrong = pw.IntegerField(default=0)
        locked_until = pw.DateTimeField(null=True)
        purpose = pw.CharField(max_length=20, default="")
        basis = pw.CharField(max_length=20, default="")
        purpose_words = pw.TextField(default="")
        parents = pw.CharField(max_length=20, default="")
        parents_words = pw.TextField(default="")
        days = pw.IntegerField(default=42)
        number = pw.IntegerField(default=0)
        made_by = pw.ForeignKeyField(Person, null=True)
        made_at = pw.DateTimeField()
        proposed_by = pw.ForeignKeyField("self", null=True)
        sent_at = pw.DateTimeField(null=True)
        sent_by = pw.ForeignKeyField(Person, null=True)
        ends_at = pw.DateTimeField(null=True)
        opened_at = pw.DateTimeField(null=True)
        accepted_at = pw.DateTimeField(null=True)
        declined_at = pw.DateTimeField(null=True)
        declined_words = pw.TextField(default="")
        revoked_at = pw.DateTimeField(null=True)
        revoked_by = pw.ForeignKeyField(Person, null=True)
        revoked_words = pw.TextField(default="")
        dead_at = pw.DateTimeField(null=True)
        feedback_at = pw.DateTimeField(null=True)
        version = pw.IntegerField(default=1)

        class Meta:
            indexes = ((("incident", "made_at"), False),)

    class ShareVersion(Table):
        link = pw.ForeignKeyField(SharedLink, on_delete="CASCADE")
        number = pw.IntegerField()
        content = pw.TextField()
        made_by = pw.ForeignKeyField(Person)
        made_at = pw.DateTimeField()

        class Meta:
            indexes = ((("link", "number"), True),)

    class Ask(Table):
        link = pw.ForeignKeyField(SharedLink)
        action = pw.ForeignKeyField(Action, unique=True)
        key = pw.CharField(max_length=40, default="")
        how = pw.TextField(default="")
        own = pw.BooleanField(default=False)
        answer = pw.CharField(max_length=10, default="")
        words = pw.TextField(default="")
        answered_at = pw.DateTimeField(null=True)
        answered_by = pw.ForeignKeyField(SharedLink, null=True)
        proposed_at = pw.DateTimeField(null=True)
        proposed_words = pw.TextField(default="")
        reminded_at = pw.DateTimeField(null=True)
        version = pw.IntegerField(default=1)

    class LinkMessage(Table):
        link = pw.ForeignKeyField(SharedLink)
        kind = pw.CharField(max_length=10, default="message")
        text = pw.TextField()
        by_person = pw.ForeignKeyField(Person, null=True)
        by_link = pw.ForeignKeyField(SharedLink, null=True)
        at = pw.DateTimeField()
        read_at = pw.DateTimeField(null=True)

        class Meta:
            indexes = ((("link", "at"), False),)

    class Wording(Table):
        link = pw.ForeignKeyField(SharedLink)
        whose = pw.CharField(max_length=6)
        number = pw.IntegerField()
        texts = pw.TextField()
        by_person = pw.ForeignKeyField(Person, null=True)
        by_link = pw.ForeignKeyField(SharedLink, null=True)
        at = pw.DateTimeField()
        answer = pw.CharField(max_length=10, default="")
        words = pw.TextField(default="")
        proposed = pw.TextField()
        answered_by_person = pw.ForeignKeyField(Person, null=True)
        answered_by_link = pw.ForeignKeyField(SharedLink, null=True)
        answered_at = pw.DateTimeField(null=True)
        version = pw.IntegerField(default=1)

        class Meta:
            indexes = ((("link", "whose", "number"), True),)

    class LinkFeedback(Table):
        link = pw.ForeignKeyField(SharedLink)
        by_link = pw.ForeignKeyField(SharedLink)
        answers = pw.TextField()
        at = pw.DateTimeField()

        class Meta:
            indexes = ((("link", "at"), False),)

    class LinkVisit(Table):
        link = pw.ForeignKeyField(SharedLink, on_delete="CASCADE")
        key = pw.CharField(max_length=64, unique=True)
        code_number = pw.IntegerField()
        network = pw.CharField(max_length=43)
        began_at = pw.DateTimeField()
        seen_at = pw.DateTimeField()
        ended_at = pw.DateTimeField(null=True)

    class LinkDraft(Table):
        link = pw.ForeignKeyField(SharedLink, on_delete="CASCADE")
        place = pw.CharField(max_length=200)
        text = pw.TextField()
        saved_at = pw.DateTimeField()

        class Meta:
            indexes = ((("link", "place"), True),)

    db.create_tables([SharedLink, ShareVersion, Ask, LinkMessage, Wording, LinkFeedback, LinkVisit, LinkDraft])

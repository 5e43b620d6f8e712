"""One voice: the statement and letters with their versions and acts, who was informed, media plan, online watch.

Frozen: nothing is imported from the application. Every column has a default in the database or may be empty, so
that the code of before can still write.
"""

import peewee as pw

COLUMNS = (
    ("school", "contact_name", "VARCHAR(120) DEFAULT '' NOT NULL"),
    ("school", "contact_phone", "VARCHAR(30) DEFAULT '' NOT NULL"),
    ("school", "contact_mail", "VARCHAR(254) DEFAULT '' NOT NULL"),
)


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

    class Document(Table):
        incident = pw.ForeignKeyField(Incident)
        kind = pw.CharField(max_length=20)
        class_name = pw.CharField(max_length=20, default="")
        slug = pw.CharField(max_length=43, unique=True)
        situation = pw.CharField(max_length=20, default="")
        state = pw.CharField(max_length=10, default="draft")
        approved = pw.IntegerField(null=True)
        online = pw.IntegerField(null=True)
        online_at = pw.DateTimeField(null=True)
        withdrawn_at = pw.DateTimeField(null=True)
        indexed = pw.BooleanField(default=False)
        written = pw.CharField(max_length=64, default="")
        made_by = pw.ForeignKeyField(Person)
        made_at = pw.DateTimeField()
        version = pw.IntegerField(default=1)

        class Meta:
            indexes = ((("incident", "kind", "class_name"), True),)

    class DocumentVersion(Table):
        document = pw.ForeignKeyField(Document, on_delete="CASCADE")
        number = pw.IntegerField()
        texts = pw.TextField()
        made_by = pw.ForeignKeyField(Person)
        made_at = pw.DateTimeField()

        class Meta:
            indexes = ((("document", "number"), True),)

    class DocumentAct(Table):
        document = pw.ForeignKeyField(Document, on_delete="CASCADE")
        number = pw.IntegerField()
        act = pw.CharField(max_length=10)
        by = pw.ForeignKeyField(Person)
        at = pw.DateTimeField()
        remark = pw.TextField(default="")
        reasons = pw.TextField(default="{}")

        class Meta:
            indexes = ((("document", "at"), False),)

    class Informed(Table):
        document = pw.ForeignKeyField(Document, on_delete="CASCADE")
        number = pw.IntegerField()
        channel = pw.CharField(max_length=20)
        whom = pw.CharField(max_length=120, default="")
        at = pw.DateTimeField()
        by = pw.ForeignKeyField(Person)
        words = pw.TextField(default="")

    class MediaPlan(Table):
        incident = pw.ForeignKeyField(Incident, unique=True)
        answers = pw.TextField()
        changed_by = pw.ForeignKeyField(Person)
        changed_at = pw.DateTimeField()
        version = pw.IntegerField(default=1)

    class PressCall(Table):
        incident = pw.ForeignKeyField(Incident)
        medium = pw.CharField(max_length=120)
        journalist = pw.CharField(max_length=120, default="")
        reach = pw.CharField(max_length=200, default="")
        question = pw.TextField()
        at = pw.DateTimeField()
        deadline_at = pw.DateTimeField(null=True)
        promised = pw.TextField(default="")
        answer = pw.TextField(default="")
        answered_at = pw.DateTimeField(null=True)
        answered_by = pw.ForeignKeyField(Person, null=True)
        made_by = pw.ForeignKeyField(Person)
        made_at = pw.DateTimeField()
        version = pw.IntegerField(default=1)

        class Meta:
            indexes = ((("incident", "at"), False),)

    class Watch(Table):
        incident = pw.ForeignKeyField(Incident, unique=True)
        platforms = pw.TextField()
        terms = pw.TextField()
        changed_by = pw.ForeignKeyField(Person)
        changed_at = pw.DateTimeField()
        version = pw.IntegerField(default=1)

    class WatchTurn(Table):
        incident = pw.ForeignKeyField(Incident)
        day = pw.DateField()
        part_of_day = pw.CharField(max_length=10)
        person = pw.ForeignKeyField(Person, null=True)
        looked_at = pw.DateTimeField(null=True)
        looked_by = pw.ForeignKeyField(Person, null=True)
        words = pw.TextField(default="")
        version = pw.IntegerField(default=1)

        class Meta:
            indexes = ((("incident", "day", "part_of_day"), True),)

    class Post(Table):
        incident = pw.ForeignKeyField(Incident)
        seen_at = pw.DateTimeField()
        platform = pw.CharField(max_length=20)
        account_kind = pw.CharField(max_length=20, default="")
        address = pw.CharField(max_length=500, default="")
        said = pw.TextField()
        reach = pw.CharField(max_length=20, default="")
        truth = pw.CharField(max_length=10, default="")
        tone = pw.CharField(max_length=10, default="")
        reply = pw.TextField(default="")
        replied_at = pw.DateTimeField(null=True)
        replied_by = pw.ForeignKeyField(Person, null=True)
        action = pw.ForeignKeyField(Action, null=True)
        unrest = pw.IntegerField(null=True)
        made_by = pw.ForeignKeyField(Person)
        made_at = pw.DateTimeField()
        version = pw.IntegerField(default=1)

        class Meta:
            indexes = ((("incident", "seen_at"), False),)

    db.create_tables([Document, DocumentVersion, DocumentAct, Informed, MediaPlan, PressCall, Watch, WatchTurn, Post])
    for table, name, kind in COLUMNS:
        db.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "{name}" {kind}')

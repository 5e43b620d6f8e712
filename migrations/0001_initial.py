"""The first tables: school, people, protocol, incidents, plan, outbox and trail.

Frozen: nothing is imported from the application, so that this does the same whatever the code becomes.
"""

import peewee as pw

# Rows that are only ever added; the database itself refuses to change or remove them.
APPEND_ONLY = ("audit_event", "entry", "protocol_version")


def up(migrator, db):
    class AuditEvent(pw.Model):
        at = pw.DateTimeField()
        actor_id = pw.IntegerField(null=True)
        action = pw.CharField(max_length=80)
        subject = pw.CharField(max_length=80)
        detail = pw.TextField()
        previous = pw.CharField(max_length=64)
        digest = pw.CharField(unique=True, max_length=64)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "audit_event"
            indexes = ((("subject", "at"), False), (("actor_id", "action", "at"), False))

    class Mail(pw.Model):
        kind = pw.CharField(max_length=20)
        address = pw.CharField(max_length=254)
        language = pw.CharField(max_length=2)
        person_id = pw.IntegerField(index=True)
        about = pw.CharField(max_length=80)
        state = pw.CharField(max_length=10, default="queued")
        attempts = pw.IntegerField(default=0)
        created_at = pw.DateTimeField()
        due_at = pw.DateTimeField()
        sent_at = pw.DateTimeField(null=True)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "mail"
            indexes = ((("state", "due_at"), False), (("about", "person_id"), False))

    class School(pw.Model):
        name = pw.CharField(max_length=120)
        address = pw.CharField(max_length=120, default="")
        place = pw.CharField(max_length=120, default="")
        coordinator_phone = pw.CharField(max_length=30, default="")
        counselor_phone = pw.CharField(max_length=30, default="")
        board_name = pw.CharField(max_length=120, default="")
        board_phone = pw.CharField(max_length=30, default="")
        police_contact = pw.CharField(max_length=120, default="")
        police_phone = pw.CharField(max_length=30, default="")
        joins = pw.TextField()
        version = pw.IntegerField(default=1)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "school"

    class ClosedPeriod(pw.Model):
        name = pw.CharField(max_length=120)
        first = pw.DateField()
        last = pw.DateField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "closed_period"

    class Person(pw.Model):
        email = pw.CharField(unique=True, max_length=254)
        name = pw.CharField(max_length=120)
        phone = pw.CharField(max_length=30, default="")
        functions = pw.TextField()
        classes = pw.TextField()
        language = pw.CharField(max_length=2, default="nl")
        password = pw.CharField(max_length=200)
        must_change_password = pw.BooleanField(default=False)
        version = pw.IntegerField(default=1)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "person"

    class SignIn(pw.Model):
        token_hash = pw.CharField(unique=True, max_length=64)
        person = pw.ForeignKeyField(Person, on_delete="CASCADE")
        created_at = pw.DateTimeField()
        ends_at = pw.DateTimeField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "sign_in"

    class ProtocolVersion(pw.Model):
        number = pw.IntegerField(unique=True)
        document = pw.TextField()
        loaded_at = pw.DateTimeField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "protocol_version"

    class Incident(pw.Model):
        ref = pw.CharField(unique=True, null=True, max_length=12)
        code_name = pw.CharField(unique=True, null=True, max_length=40)
        state = pw.CharField(max_length=10, default="draft")
        joined_into = pw.ForeignKeyField("self", null=True)
        protocol = pw.ForeignKeyField(ProtocolVersion)
        created_at = pw.DateTimeField()
        reported_at = pw.DateTimeField(null=True)
        kind = pw.CharField(max_length=20, default="")
        origin = pw.CharField(max_length=20, default="")
        channels = pw.TextField()
        spread = pw.CharField(max_length=20, default="unknown")
        classes = pw.TextField()
        unrest = pw.IntegerField(null=True)
        ended_at = pw.DateTimeField(null=True)
        version = pw.IntegerField(default=1)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "incident"

    class Flag(pw.Model):
        incident = pw.ForeignKeyField(Incident, on_delete="CASCADE")
        key = pw.CharField(max_length=20)
        answer = pw.CharField(max_length=10)
        answered_by = pw.ForeignKeyField(Person)
        answered_at = pw.DateTimeField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "flag"
            indexes = ((("incident", "key"), True),)

    class Report(pw.Model):
        slug = pw.CharField(unique=True, max_length=43)
        incident = pw.ForeignKeyField(Incident)
        reporter = pw.ForeignKeyField(Person)
        started_at = pw.DateTimeField()
        sent_at = pw.DateTimeField(null=True)
        story = pw.TextField(default="")
        told = pw.TextField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "report"

    class Involved(pw.Model):
        incident = pw.ForeignKeyField(Incident)
        report = pw.ForeignKeyField(Report, null=True)
        part = pw.CharField(max_length=12)
        number = pw.IntegerField()
        name = pw.CharField(max_length=120, default="")
        class_name = pw.CharField(max_length=20, default="")
        age = pw.IntegerField(null=True)
        birth_year = pw.IntegerField(null=True)
        school = pw.CharField(max_length=10, default="unknown")
        school_name = pw.CharField(max_length=120, default="")
        version = pw.IntegerField(default=1)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "involved"
            indexes = ((("incident", "part", "number"), True),)

    class Membership(pw.Model):
        incident = pw.ForeignKeyField(Incident)
        person = pw.ForeignKeyField(Person)
        function = pw.CharField(max_length=20)
        joined_at = pw.DateTimeField()
        seen_at = pw.DateTimeField(null=True)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "membership"
            indexes = ((("incident", "person", "function"), True),)

    class KeptOut(pw.Model):
        incident = pw.ForeignKeyField(Incident)
        person = pw.ForeignKeyField(Person)
        since = pw.DateTimeField()

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "kept_out"
            indexes = ((("incident", "person"), True),)

    class Entry(pw.Model):
        incident = pw.ForeignKeyField(Incident)
        at = pw.DateTimeField()
        written_at = pw.DateTimeField()
        author = pw.ForeignKeyField(Person, null=True)
        kind = pw.CharField(max_length=20)
        event = pw.CharField(max_length=200, default="")
        params = pw.TextField()
        text = pw.TextField(default="")
        present = pw.CharField(max_length=300, default="")
        action_id = pw.IntegerField(null=True)
        corrects = pw.ForeignKeyField("self", null=True)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "entry"
            indexes = ((("incident", "at"), False),)

    class Action(pw.Model):
        incident = pw.ForeignKeyField(Incident)
        step = pw.CharField(max_length=40, default="")
        flag = pw.CharField(max_length=20, default="")
        title = pw.CharField(max_length=120, default="")
        phase = pw.CharField(max_length=20, default="")
        position = pw.IntegerField(default=100)
        victim = pw.ForeignKeyField(Involved, null=True)
        gate = pw.CharField(max_length=10, default="")
        function = pw.CharField(max_length=20, default="")
        assignee = pw.ForeignKeyField(Person, null=True)
        outsider = pw.CharField(max_length=120, default="")
        due_at = pw.DateTimeField(null=True)
        place = pw.CharField(max_length=120, default="")
        how = pw.TextField(default="")
        after = pw.ForeignKeyField("self", null=True)
        state = pw.CharField(max_length=12, default="todo")
        outcome = pw.TextField(default="")
        overridden = pw.BooleanField(default=False)
        dropped = pw.BooleanField(default=False)
        touched = pw.BooleanField(default=False)
        changed_at = pw.DateTimeField()
        changed_by = pw.ForeignKeyField(Person, null=True)
        version = pw.IntegerField(default=1)

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "action"
            indexes = ((("assignee", "state"), False), (("incident", "step"), False))

    class Wish(pw.Model):
        victim = pw.ForeignKeyField(Involved)
        subject = pw.CharField(max_length=10)
        answer = pw.CharField(max_length=10)
        words = pw.TextField(default="")
        asked_by = pw.CharField(max_length=120, default="")
        asked_at = pw.DateTimeField(null=True)
        recorded_by = pw.ForeignKeyField(Person)
        recorded_at = pw.DateTimeField()
        told_before = pw.BooleanField(null=True)
        told_note = pw.TextField(default="")

        class Meta:
            database = db
            legacy_table_names = False
            table_name = "wish"
            indexes = ((("victim", "subject"), False),)

    db.create_tables(
        [
            AuditEvent,
            Mail,
            School,
            ClosedPeriod,
            Person,
            SignIn,
            ProtocolVersion,
            Incident,
            Flag,
            Report,
            Involved,
            Membership,
            KeptOut,
            Entry,
            Action,
            Wish,
        ]
    )
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            db.execute_sql(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )

"""What need to know asks for: closed accounts, links, second factors, sessions in use, the throttle, notes, the trail.

Frozen: nothing is imported from the application. Every column has a default in the database or may be empty, so
that the code of before can still write.
"""

import peewee as pw
from playhouse.sqlite_ext import AutoIncrementField

COLUMNS = (
    ("person", "left_at", "DATETIME"),
    ("audit_event", "session_id", "INTEGER"),
    ("draft", "session_id", "INTEGER"),
    ("school", "trail_mail", "VARCHAR(254) DEFAULT '' NOT NULL"),
    ("school", "trail_mailed_on", "DATE"),
)
# What the trail has of accounts and settings, apart from the many events of incidents.
OFFICE = (
    "CREATE INDEX audit_event_office ON audit_event (at, id, action, actor_id, subject) WHERE action LIKE 'account:%' "
    "OR action LIKE 'protocol:%' OR action LIKE 'settings:%'"
)
# What a note says stays; who holds it and, when two incidents are joined, where it stands may change.
NOTE_STAYS = "author_id, about_id, at, written_at, text, corrects_id"


def up(migrator, db):
    class Table(pw.Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Person(Table):
        pass

    class SignIn(Table):
        id = AutoIncrementField()
        token_hash = pw.CharField(unique=True, max_length=64)
        person = pw.ForeignKeyField(Person, on_delete="CASCADE")
        created_at = pw.DateTimeField()
        ends_at = pw.DateTimeField()
        seen_at = pw.DateTimeField(null=True)
        stepped_up_at = pw.DateTimeField(null=True)
        device = pw.CharField(max_length=80, default="", constraints=[pw.SQL("DEFAULT ''")])

    class Incident(Table):
        pass

    class Involved(Table):
        pass

    class Link(Table):
        person = pw.ForeignKeyField(Person, null=True, on_delete="CASCADE")
        kind = pw.CharField(max_length=12)
        nonce = pw.CharField(max_length=43, unique=True)
        made_by = pw.ForeignKeyField(Person, null=True)
        made_at = pw.DateTimeField()
        ends_at = pw.DateTimeField()
        used_at = pw.DateTimeField(null=True)

    class Totp(Table):
        person = pw.ForeignKeyField(Person, on_delete="CASCADE")
        secret = pw.CharField(max_length=64)
        last_step = pw.IntegerField(default=0)
        made_at = pw.DateTimeField()
        confirmed_at = pw.DateTimeField(null=True)

    class Passkey(Table):
        person = pw.ForeignKeyField(Person, on_delete="CASCADE")
        credential_id = pw.CharField(max_length=1400, unique=True)
        public_key = pw.TextField()
        sign_count = pw.IntegerField(default=0)
        name = pw.CharField(max_length=80)
        made_at = pw.DateTimeField()
        used_at = pw.DateTimeField(null=True)

    class RecoveryCode(Table):
        person = pw.ForeignKeyField(Person, on_delete="CASCADE")
        code_hash = pw.CharField(max_length=64, unique=True)
        used_at = pw.DateTimeField(null=True)

    class Challenge(Table):
        value = pw.CharField(max_length=90, unique=True)
        person = pw.ForeignKeyField(Person, null=True, on_delete="CASCADE")
        purpose = pw.CharField(max_length=12)
        ends_at = pw.DateTimeField(index=True)

    class Failure(Table):
        key = pw.CharField(max_length=64)
        at = pw.DateTimeField(index=True)

        class Meta:
            indexes = ((("key", "at"), False),)

    class Turn(Table):
        key = pw.CharField(max_length=64, unique=True)
        at = pw.DateTimeField(index=True)

    class Confirmation(Table):
        kind = pw.CharField(max_length=20)
        person = pw.ForeignKeyField(Person)
        receiver = pw.ForeignKeyField(Person, null=True)
        asked_by = pw.ForeignKeyField(Person)
        asked_at = pw.DateTimeField()
        decided_by = pw.ForeignKeyField(Person, null=True)
        decided_at = pw.DateTimeField(null=True)
        state = pw.CharField(max_length=10, default="asked")

    class Note(Table):
        incident = pw.ForeignKeyField(Incident)
        author = pw.ForeignKeyField(Person)
        holder = pw.ForeignKeyField(Person)
        about = pw.ForeignKeyField(Involved, null=True)
        at = pw.DateTimeField()
        written_at = pw.DateTimeField()
        text = pw.TextField()
        corrects = pw.ForeignKeyField("self", null=True)

        class Meta:
            indexes = ((("incident", "at"), False),)

    db.create_tables([Link, Totp, Passkey, RecoveryCode, Challenge, Failure, Turn, Confirmation, Note])
    _number_once(db, SignIn)
    for table, name, kind in COLUMNS:
        db.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "{name}" {kind}')
    db.execute_sql(OFFICE)
    for verb in (f"UPDATE OF {NOTE_STAYS}", "DELETE"):
        db.execute_sql(
            f"CREATE TRIGGER note_no_{verb[:6].lower()} BEFORE {verb} ON note "
            "BEGIN SELECT RAISE(ABORT, 'note keeps what was written'); END"
        )


def _number_once(db, table):
    """Make the table of sessions anew, so that no number is ever given twice: the trail and drafts refer to it."""
    db.execute_sql('ALTER TABLE "sign_in" RENAME TO "sign_in_before"')
    for index in ("sign_in_token_hash", "sign_in_person_id"):
        db.execute_sql(f'DROP INDEX "{index}"')
    db.create_tables([table])
    kept = "id, token_hash, person_id, created_at, ends_at"
    db.execute_sql(f"INSERT INTO sign_in ({kept}) SELECT {kept} FROM sign_in_before")  # noqa: S608  (the columns above)
    db.execute_sql('DROP TABLE "sign_in_before"')

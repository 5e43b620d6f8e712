"""What the whole picture needs: contacts, unrest per day, last looks, deputies, drafts, searching the logbook.

Frozen: nothing is imported from the application. Every column has a default in the database, so that the
code of before can still write.
"""

import peewee as pw

# Who a step of the protocol is about; what the default protocol said on the day of this migration.
CONTACTS = {
    "victim": ("victim-support", "rest-period", "buddies", "evaluate-involved"),
    "suspect": ("attention-suspect", "alternative-intervention"),
    "parents": (
        "talk-victim-parents",
        "help-victim-parents",
        "talk-suspect-parents",
        "help-suspect-parents",
        "inform-class-parents",
        "inform-other-parents",
    ),
    "classes": ("delete-request", "victim-class", "other-classes"),
    "teachers": ("equip-teachers",),
    "school": ("contact-partner-school", "align-partner-school", "partner-feedback"),
}
COLUMNS = (
    ("membership", "looked_at", "DATETIME"),
    ("membership", "look_from", "DATETIME"),
    ("entry", "contact", "VARCHAR(12) DEFAULT '' NOT NULL"),
    ("action", "contact", "VARCHAR(12) DEFAULT '' NOT NULL"),
    ("action", "handed_by_id", "INTEGER REFERENCES person (id)"),
    ("action", "absence_id", "INTEGER REFERENCES absence (id)"),
    ("action", "told", "INTEGER DEFAULT 0 NOT NULL"),
)
INDEXES = (
    ("action_handed_by_id", "action (handed_by_id)"),
    ("action_absence_id", "action (absence_id)"),
    ("action_state_due_at", "action (state, due_at)"),
    ("incident_state_reported_at", "incident (state, reported_at)"),
    # All that the list of incidents asks of its actions, so that it reads no row of them.
    (
        "action_unfinished",
        "action (incident_id, phase, due_at, assignee_id, gate, victim_id, state) "
        "WHERE state NOT IN ('done', 'not-needed')",
    ),
    ("flag_up", "flag (incident_id, key) WHERE answer = 'yes'"),
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

    class Deputy(Table):
        function = pw.CharField(max_length=20, unique=True)
        person = pw.ForeignKeyField(Person)

    class Absence(Table):
        person = pw.ForeignKeyField(Person)
        deputy = pw.ForeignKeyField(Person, null=True)
        first = pw.DateField()
        last = pw.DateField()
        state = pw.CharField(max_length=10, default="planned")
        made_by = pw.ForeignKeyField(Person)
        made_at = pw.DateTimeField()

        class Meta:
            indexes = ((("state", "first"), False),)

    class Unrest(Table):
        incident = pw.ForeignKeyField(Incident)
        at = pw.DateTimeField()
        value = pw.IntegerField()
        noted_by = pw.ForeignKeyField(Person, null=True)

        class Meta:
            indexes = ((("incident", "at"), False),)

    class Draft(Table):
        person = pw.ForeignKeyField(Person, on_delete="CASCADE")
        place = pw.CharField(max_length=200)
        incident = pw.ForeignKeyField(Incident, null=True, on_delete="CASCADE")
        text = pw.TextField()
        saved_at = pw.DateTimeField()

        class Meta:
            indexes = ((("person", "place"), True), (("place", "saved_at"), False))

    class SentForm(Table):
        key = pw.CharField(max_length=43, unique=True)
        person_id = pw.IntegerField()
        at = pw.DateTimeField(index=True)

    db.create_tables([Deputy, Absence, Unrest, Draft, SentForm])
    for table, name, kind in COLUMNS:
        db.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "{name}" {kind}')
    for name, on in INDEXES:
        db.execute_sql(f'CREATE INDEX "{name}" ON {on}')
    for contact, steps in CONTACTS.items():
        marks = ", ".join("?" * len(steps))
        db.execute_sql(f"UPDATE action SET contact = ? WHERE step IN ({marks})", (contact, *steps))  # noqa: S608
    db.execute_sql(
        "INSERT INTO unrest (incident_id, at, value) SELECT id, reported_at, unrest FROM incident "
        "WHERE unrest IS NOT NULL AND reported_at IS NOT NULL"
    )
    _index_the_logbook(db)


def _index_the_logbook(db):
    """Words of the logbook, kept up by the database itself. `incident_id` narrows a search to a few incidents."""
    db.execute_sql(
        "CREATE VIRTUAL TABLE entry_words USING fts5(text, present, incident_id, content='entry', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 2', prefix='3')"
    )
    db.execute_sql("INSERT INTO entry_words(entry_words) VALUES ('rebuild')")
    db.execute_sql(
        "CREATE TRIGGER entry_words_insert AFTER INSERT ON entry BEGIN "
        "INSERT INTO entry_words(rowid, text, present, incident_id) "
        "VALUES (new.id, new.text, new.present, new.incident_id); END"
    )

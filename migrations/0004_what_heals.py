"""What heals: more about people involved, conversations, help, rest, buddies, class conversations, the teacher sheet.

Frozen: nothing is imported from the application. Every column has a default in the database or may be empty, so
that the code of before can still write.
"""

import peewee as pw

COLUMNS = (
    ("involved", "also", "TEXT DEFAULT '' NOT NULL"),
    ("involved", "aliases", "TEXT DEFAULT '' NOT NULL"),
    ("involved", "reach", "VARCHAR(200) DEFAULT '' NOT NULL"),
    ("involved", "language", "VARCHAR(40) DEFAULT '' NOT NULL"),
    ("involved", "interpreter", "INTEGER DEFAULT 0 NOT NULL"),
    ("involved", "delicate", "TEXT DEFAULT '' NOT NULL"),
    ("involved", "support", "TEXT DEFAULT '' NOT NULL"),
    ("involved", "child_id", 'INTEGER REFERENCES "involved" ("id")'),
    ("involved", "merged_into_id", 'INTEGER REFERENCES "involved" ("id")'),
    ("involved", "changed_at", "DATETIME"),
    ("unrest", "class_name", "VARCHAR(20) DEFAULT '' NOT NULL"),
    ("wish", "detail", "TEXT DEFAULT '{}' NOT NULL"),
)


# What most schools can name; each school makes this list its own.
HELP = (
    ("gp", "Huisarts", "", "Voor klachten, slecht slapen of een verwijzing."),
    ("victim-support", "Slachtofferhulp Nederland", "0900-0101", "Gratis. Ook voor ouders, broers en zussen."),
    ("victim-support", "Centrum Seksueel Geweld", "0800-0188", "Dag en nacht, na iets seksueels tegen de wil."),
    ("victim-support", "Helpwanted (Offlimits)", "020-2615275", "Helpt om beelden van internet te krijgen."),
    ("cjg", "Centrum voor Jeugd en Gezin of wijkteam", "", "Vragen over opvoeden en steun thuis."),
    ("youth-health", "Jeugdgezondheidszorg (GGD)", "", "De jeugdarts of jeugdverpleegkundige van de school."),
    ("care", "Jeugdhulp", "", "Via huisarts, jeugdarts of wijkteam."),
    ("other", "Veilig Thuis", "0800-2000", "Advies als het thuis niet veilig is. Dag en nacht."),
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

    class Involved(Table):
        pass

    class Action(Table):
        pass

    class Conversation(Table):
        incident = pw.ForeignKeyField(Incident)
        kind = pw.CharField(max_length=20)
        about = pw.ForeignKeyField(Involved, null=True)
        leader = pw.ForeignKeyField(Person)
        others = pw.CharField(max_length=300, default="")
        planned_at = pw.DateTimeField(null=True)
        place = pw.CharField(max_length=120, default="")
        interpreter = pw.CharField(max_length=120, default="")
        card = pw.TextField()
        state = pw.CharField(max_length=10, default="planned")
        held_at = pw.DateTimeField(null=True)
        agreed = pw.TextField(default="")
        feelings = pw.TextField(default="")
        reason = pw.TextField(default="")
        additions = pw.TextField(default="[]")
        next_action = pw.ForeignKeyField(Action, null=True)
        made_by = pw.ForeignKeyField(Person)
        made_at = pw.DateTimeField()
        version = pw.IntegerField(default=1)

        class Meta:
            indexes = ((("incident", "planned_at"), False),)

    class HelpOption(Table):
        kind = pw.CharField(max_length=20)
        name = pw.CharField(max_length=120)
        reach = pw.CharField(max_length=200, default="")
        note = pw.CharField(max_length=300, default="")
        position = pw.IntegerField(default=100)
        removed_at = pw.DateTimeField(null=True)
        version = pw.IntegerField(default=1)

    class HelpOffer(Table):
        incident = pw.ForeignKeyField(Incident)
        about = pw.ForeignKeyField(Involved)
        to_pupil = pw.BooleanField(default=False)
        option = pw.ForeignKeyField(HelpOption)
        offered_at = pw.DateTimeField()
        offered_by = pw.ForeignKeyField(Person)
        answer = pw.CharField(max_length=10, default="")
        answered_at = pw.DateTimeField(null=True)
        words = pw.TextField(default="")
        history = pw.TextField(default="[]")
        version = pw.IntegerField(default=1)

    class Rest(Table):
        incident = pw.ForeignKeyField(Incident)
        pupil = pw.ForeignKeyField(Involved)
        first = pw.DateField()
        last = pw.DateField()
        form = pw.CharField(max_length=20)
        schoolwork = pw.TextField(default="")
        keeper = pw.ForeignKeyField(Person, null=True)
        every = pw.IntegerField(default=1)
        next_at = pw.DateTimeField(null=True)
        teller = pw.ForeignKeyField(Person, null=True)
        told = pw.TextField(default="")
        told_at = pw.DateTimeField(null=True)
        return_at = pw.DateTimeField(null=True)
        returned_at = pw.DateTimeField(null=True)
        state = pw.CharField(max_length=10, default="planned")
        ended_on = pw.DateField(null=True)
        end_reason = pw.TextField(default="")
        made_by = pw.ForeignKeyField(Person)
        made_at = pw.DateTimeField()
        version = pw.IntegerField(default=1)

    class RestContact(Table):
        rest = pw.ForeignKeyField(Rest)
        at = pw.DateTimeField()
        by = pw.ForeignKeyField(Person)
        words = pw.TextField(default="")

    class Buddy(Table):
        incident = pw.ForeignKeyField(Incident)
        victim = pw.ForeignKeyField(Involved)
        person = pw.ForeignKeyField(Involved)
        place = pw.IntegerField()
        chosen_at = pw.DateTimeField()
        reason = pw.TextField(default="")
        asker = pw.ForeignKeyField(Person, null=True)
        asked_at = pw.DateTimeField(null=True)
        told = pw.TextField(default="")
        answer = pw.CharField(max_length=10, default="")
        answered_at = pw.DateTimeField(null=True)
        parents_informed_at = pw.DateTimeField(null=True)
        task = pw.TextField(default="")
        supporter = pw.ForeignKeyField(Person, null=True)
        ended_at = pw.DateTimeField(null=True)
        end_reason = pw.TextField(default="")
        version = pw.IntegerField(default=1)

    class CheckIn(Table):
        buddy = pw.ForeignKeyField(Buddy, on_delete="CASCADE")
        due_on = pw.DateField()
        done_at = pw.DateTimeField(null=True)
        done_by = pw.ForeignKeyField(Person, null=True)
        going = pw.CharField(max_length=10, default="")
        words = pw.TextField(default="")

    class ClassTalk(Table):
        incident = pw.ForeignKeyField(Incident)
        class_name = pw.CharField(max_length=20)
        victim = pw.ForeignKeyField(Involved, null=True)
        leader = pw.ForeignKeyField(Person, null=True)
        second = pw.CharField(max_length=120, default="")
        feelings = pw.TextField(default="")
        message = pw.CharField(max_length=12, default="")
        victim_there = pw.CharField(max_length=10, default="")
        materials = pw.TextField(default="")
        opening = pw.TextField(default="")
        closing = pw.TextField(default="")
        planned_at = pw.DateTimeField(null=True)
        place = pw.CharField(max_length=120, default="")
        state = pw.CharField(max_length=10, default="planned")
        reason = pw.TextField(default="")
        held_at = pw.DateTimeField(null=True)
        mood = pw.TextField(default="")
        insight = pw.TextField(default="")
        agreements = pw.TextField()
        unrest = pw.IntegerField(null=True)
        parents_informed_at = pw.DateTimeField(null=True)
        follow_up_on = pw.DateField(null=True)
        followed_up_at = pw.DateTimeField(null=True)
        later = pw.TextField()
        made_by = pw.ForeignKeyField(Person)
        made_at = pw.DateTimeField()
        version = pw.IntegerField(default=1)

        class Meta:
            indexes = ((("incident", "class_name"), False),)

    class Worry(Table):
        talk = pw.ForeignKeyField(ClassTalk, on_delete="CASCADE")
        text = pw.TextField()
        action = pw.ForeignKeyField(Action, null=True)
        written_by = pw.ForeignKeyField(Person)
        written_at = pw.DateTimeField()

    class Sheet(Table):
        incident = pw.ForeignKeyField(Incident, unique=True)
        slug = pw.CharField(max_length=43, unique=True)
        own = pw.TextField()
        given_at = pw.DateTimeField(null=True)
        ended_at = pw.DateTimeField(null=True)
        changed_by = pw.ForeignKeyField(Person)
        changed_at = pw.DateTimeField()
        version = pw.IntegerField(default=1)

    db.create_tables([Conversation, HelpOption, HelpOffer, Rest, RestContact, Buddy, CheckIn, ClassTalk, Worry, Sheet])
    for place, (kind, name, reach, note) in enumerate(HELP, 1):
        HelpOption.create(kind=kind, name=name, reach=reach, note=note, position=place * 10)
    for table, name, kind in COLUMNS:
        db.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "{name}" {kind}')
    for name in ("child_id", "merged_into_id"):
        db.execute_sql(f'CREATE INDEX "involved_{name}" ON "involved" ("{name}")')

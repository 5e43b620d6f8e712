"""What waits for whom between the schools, in words. Pure."""

from portal.errors import N_

# What waits for us, most pressing first; the page of the link on which it is done.
WAITS = {
    "worry": (N_("%(n)s worry to answer"), "/messages"),
    "message": (N_("%(n)s new message"), "/messages"),
    "colleague": (N_("%(n)s colleague proposed"), "/colleagues"),
    "wording": (N_("Wording of the statement to look at"), "/statement"),
}
TO_READ = ("worry", "message")  # what remains of it once a link has ended
# What waits for the other school.
NEWS = {
    "message": (N_("%(n)s new message"), "/messages"),
    "wording": (N_("Our statement: do you agree?"), "/statement"),
    "answered": (N_("We answered on your statement"), "/statement"),
    "feedback": (N_("A few questions: how did it go?"), "/feedback"),
}
MORE = {
    "worry": N_("%(n)s worries to answer"),
    "message": N_("%(n)s new messages"),
    "colleague": N_("%(n)s colleagues proposed"),
}


def said(words: dict[str, tuple[str, str]], kind: str, number: int) -> tuple[dict[str, object], str]:
    """What waits, as a message with its number, and where it is done."""
    message, path = words[kind]
    if number > 1:
        message = MORE.get(kind, message)
    return {"message": message, "values": {"n": number}}, path

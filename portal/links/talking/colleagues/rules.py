"""Colleagues at the other school, each with a link of their own. Pure."""

from collections.abc import Iterable

from portal.errors import N_, Invalid, Refused

MOST = 10  # links that work or wait, besides the first
EVENTS = {
    "proposed": N_("%(who)s proposes a colleague: %(name)s."),
    "approved": N_("Colleague at %(who)s gets a link: %(name)s."),
    "refused": N_("No link for the colleague at %(who)s: %(name)s."),
    "ended": N_("Link of a colleague at %(who)s ended: %(name)s."),
    "left": N_("%(who)s ended the link of a colleague: %(name)s."),
}


def domain(email: str) -> str:
    """The part of a mail address behind the @, by which a school is known."""
    return email.rpartition("@")[2].casefold()


def check_new(email: str, others: Iterable[str]) -> None:
    """Who has a link, or waits for one, gets no second. Raises `Invalid` and `Refused`."""
    known = {one.casefold() for one in others}
    if email.casefold() in known:
        raise Invalid("email", N_("This colleague has a link already, or waits for one."))
    if len(known) > MOST:
        raise Refused(
            N_("More colleagues than these cannot get a link."), N_("End the link of somebody who is done first.")
        )


def check_waits(sent: bool, over: bool) -> None:
    """A proposal is answered once. Raises `Refused`."""
    if sent or over:
        raise Refused(N_("This was answered already."), N_("Look at how it stands now."))


def check_can_end(sent: bool, over: bool) -> None:
    """Raises `Refused`."""
    if over or not sent:
        raise Refused(N_("This link does not work any more."), N_("Look at how it stands now."))


def can_end(link_id: int, *, head_id: int, proposed_by_id: int) -> bool:
    """Whether who holds this link may end that of a colleague: the head all of them, others whom they proposed."""
    return link_id in (head_id, proposed_by_id)

"""Finding the school's list of help, and what was offered of it."""

from peewee import JOIN

from portal.accounts.models import Person
from portal.care.conversations.queries import named_without, parts_of, pupil_of
from portal.care.conversations.rules import Message
from portal.care.help.models import HelpOffer, HelpOption
from portal.incidents.models import Incident, Involved
from portal.incidents.queries import people_visible
from portal.policy import Standing

Child = Involved.alias()
PUPILS = ("victim", "suspect", "spreader", "bystander")  # the pupils to whose family help can be offered
ALONE = "pupil-"  # before the number of a pupil who gets help without the parents


def options() -> list[HelpOption]:
    """The school's list as it is now."""
    rows = HelpOption.select().where(HelpOption.removed_at.is_null())
    return list(rows.order_by(HelpOption.position, HelpOption.name, HelpOption.id))


def option(number: int) -> HelpOption | None:
    there = (HelpOption.id == number) & HelpOption.removed_at.is_null()
    return HelpOption.get_or_none(there)  # type: ignore[no-any-return]


def offers(incident: Incident, standing: Standing) -> list[HelpOffer]:
    """What was offered to those whose data this member may read, newest first for each."""
    seen = [person.id for person in people_visible(incident, standing)]
    rows = (
        HelpOffer.select(HelpOffer, HelpOption, Person, Involved, Child)
        .join_from(HelpOffer, HelpOption)
        .join_from(HelpOffer, Person, on=(HelpOffer.offered_by == Person.id))
        .join_from(HelpOffer, Involved, on=(HelpOffer.about == Involved.id))
        .join_from(Involved, Child, JOIN.LEFT_OUTER, on=(Involved.child == Child.id), attr="child")
        .where(HelpOffer.incident == incident, HelpOffer.about.in_(seen))
        .order_by(HelpOffer.about, HelpOffer.to_pupil, HelpOffer.offered_at.desc(), HelpOffer.id)
    )
    return list(rows)


def find(incident: Incident, standing: Standing, number: int) -> HelpOffer | None:
    return next((offer for offer in offers(incident, standing) if offer.id == number), None)


def to_whom(offer: HelpOffer) -> Message:
    return named_without(offer.about, family=not offer.to_pupil)


def receivers(incident: Incident, standing: Standing) -> dict[str, tuple[Involved, Message]]:
    """To whom this member can offer help: parents, or the family of a pupil, and the pupils themselves."""
    people = people_visible(incident, standing)
    with_parents = {one.child_id for one in people if one.part == "parent"}
    pupils = [one for one in people if set(parts_of(one)) & set(PUPILS)]
    families = [one for one in people if one.part == "parent" or (one in pupils and one.id not in with_parents)]
    found = {str(one.id): (one, named_without(one, family=True)) for one in families}
    return found | {f"{ALONE}{one.id}": (one, named_without(one)) for one in pupils}


def part_of_child(person: Involved) -> str:
    """The part that decides whose wish counts: victim before all others."""
    pupil = pupil_of(person)
    parts = parts_of(pupil) if pupil else ()
    return "victim" if "victim" in parts else next(iter(parts), "")

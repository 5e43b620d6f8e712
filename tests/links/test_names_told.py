"""Product rule 6: no name leaves the school, except what a shared link names."""

from typing import Any

import pytest

from portal.communication.check.operations import Leaks
from portal.incidents.models import Involved
from portal.links.models import ShareVersion
from portal.links.operations import check_names
from portal.policy import Standing

NAME, CLASS = ["name"], ["class_name"]
# columns that are shared of Daan Anders -> a text, and whether it may go
TEXTS = [
    (NAME, "Daan Anders zit bij u op school.", True),
    (NAME, "Daan zit bij u. Anders is er niets.", True),
    (NAME, "Noor zit bij ons.", False),
    (NAME, "Noor Voorbeeld zit bij ons.", False),
    (NAME, "Daan heet online daan_x.", False),
    (NAME, "Daan zit in 4HV1.", False),
    ([*NAME, *CLASS], "Daan zit in 4HV1.", True),
    ([*NAME, *CLASS], "Daan zit in 4HV1 en zij in 3B.", False),
    (CLASS, "Daan Anders zit in 4HV1.", False),
    (CLASS, "Een leerling uit 4HV1.", True),
    ([], "Een leerling van u.", True),
    ([], "Daan Anders.", False),
    (NAME, "Wij zijn Het Baken College; u bent Het Lyceum.", True),
]


@pytest.mark.parametrize(("columns", "text", "goes"), TEXTS)
def test_only_what_is_shared_of_somebody_may_be_said(
    lent: Any, cast: Any, clock: Any, columns: list[str], text: str, goes: bool
) -> None:
    suspect = Involved.get(Involved.part == "suspect")
    Involved.update(class_name="4HV1", aliases=["daan_x"]).where(Involved.id == suspect.id).execute()
    people = [{"id": suspect.id, "part": "suspect", "number": 1, "fields": dict.fromkeys(columns, "said")}]
    ShareVersion.update(content={"summary": "", "people": people}).execute()
    how = {"standing": Standing(1, frozenset({"coordinator"})), "actor": cast["coordinator"], "now": clock.now()}
    try:
        check_names(lent.link, {"text": text}, **how)
    except Leaks:
        assert not goes
    else:
        assert goes


def test_who_was_merged_since_is_still_the_one_who_is_shared(lent: Any, cast: Any, clock: Any) -> None:
    suspect = Involved.get(Involved.part == "suspect")
    kept = Involved.create(incident=lent.link.incident, part="suspect", number=2, name="Daan Anders")
    Involved.update(merged_into=kept).where(Involved.id == suspect.id).execute()
    how = {"standing": Standing(1, frozenset({"coordinator"})), "actor": cast["coordinator"], "now": clock.now()}
    check_names(lent.link, {"text": "Daan Anders zit bij u."}, **how)

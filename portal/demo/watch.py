"""The online watch in the demo school's incident: a week agreed on, two posts, and one of them answered."""

from datetime import datetime, timedelta
from typing import Any

from portal.clock import local
from portal.communication.watch import operations, queries
from portal.demo.cast import by, person
from portal.incidents.models import Incident

LOOKED = "Online gekeken."
ANSWER = (
    "Wij begrijpen dat dit vragen oproept. Wat er speelt en wat de school doet, staat in de verklaring op onze "
    "website. Heeft u zorgen om uw kind? Bel de school."
)
POSTS: tuple[tuple[timedelta, dict[str, Any], str], ...] = (
    (
        timedelta(hours=3, minutes=8),
        {
            "platform": "instagram",
            "said": "Op het Baken weten ze het al weken en doen ze niks. In de reacties: wie is het?",
            "truth": "wrong",
            "tone": "angry",
            "reach": "hundreds",
            "account_kind": "anonymous",
        },
        ANSWER,
    ),
    (
        timedelta(hours=21, minutes=53),
        {
            "platform": "facebook",
            "said": "Een ouder vraagt in de buurtgroep of de kinderen vandaag wel veilig naar school kunnen.",
            "truth": "unknown",
            "tone": "worried",
            "reach": "group",
            "account_kind": "parent",
        },
        "",
    ),
)


def tell(incident: Incident, reported: datetime) -> None:
    """Communication agrees on where and when, looks, and answers what is wrong."""
    officer, at = person("communication"), reported + timedelta(minutes=50)
    platforms = ["instagram", "snapchat", "tiktok", "facebook"]
    terms = ["Het Baken College", "Baken Waterdam"]
    operations.change_places(incident, platforms, terms, version=0, actor=officer, now=at)
    chosen = queries.proposed(incident, local(at).date())
    operations.agree_turns(incident, chosen, version=1, actor=officer, now=at + timedelta(minutes=2))
    for after, values, answer in POSTS:
        seen = reported + after
        post = operations.add_post(incident, values, LOOKED, **by(incident, "communication", seen))
        if answer:
            operations.reply(post, answer, version=post.version, actor=officer, now=seen + timedelta(minutes=11))
    evening = reported + timedelta(hours=9, minutes=50)
    operations.looked(incident, LOOKED, **by(incident, "communication", evening))

"""Write docs/permissions.md out of the table in portal/policy.py: `.venv/bin/python scripts/permissions.py`."""

import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from portal import policy  # noqa: E402
from portal.incidents.team.rules import PART_NAMES, in_words  # noqa: E402

PAGE = ROOT / "docs" / "permissions.md"
HEAD = """# Who may do what

Made from the table in `portal/policy.py` by `scripts/permissions.py`; change the table, run the script, and never
edit this page. The guard asks the same table before each view runs, 'who can see what' shows it to a team, and
`tests/web/test_permissions.py` holds every route against it.

## Parts of an incident

For who is on the team of that incident, in the function they have there, and not kept out of it. With several
functions somebody may what each of them may. '–' means that the part does not exist for them: its pages answer 404,
as for everybody who is not on the team. A verb that is not granted on a part that is read answers 403. The verbs
stand behind the words.
"""
SCHOOL = """
## Parts of the school

By the functions of the account; *everybody* is whoever is signed in. An administrator has no other function and is
on no team.
"""
WITHOUT = """
## Without the second factor

Outside the demo, what a password opens by itself. All else asks for the second factor first.
"""


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _may(part: str, function: str) -> str:
    verbs = policy.INCIDENT_PARTS[part].get(function, "")
    return f"{in_words(part, frozenset(verbs.split()))} (`{verbs}`)" if verbs else "–"


def _who(functions: Iterable[str]) -> str:
    return ", ".join(policy.FUNCTION_NAMES.get(one, one) for one in functions)


def page() -> str:
    """The whole page, as the table says it now."""
    team = policy.TEAM_FUNCTIONS
    incident = table(
        ["Part", *(policy.FUNCTION_NAMES[one] for one in team)],
        [[f"{PART_NAMES[part]} (`{part}`)", *(_may(part, one) for one in team)] for part in policy.INCIDENT_PARTS],
    )
    school = table(
        ["Part", "Who", "Verbs"],
        [
            [f"`{part}`", _who([one]), f"`{verbs}`"]
            for part, who in policy.SCHOOL_PARTS.items()
            for one, verbs in who.items()
        ],
    )
    opened: dict[str, str] = getattr(policy, "WITHOUT_SECOND_FACTOR", {})
    without = table(["Part", "Verbs"], [[f"`{part}`", f"`{verbs}`"] for part, verbs in opened.items()])
    return f"{HEAD}\n{incident}{SCHOOL}\n{school}" + (f"{WITHOUT}\n{without}" if opened else "")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

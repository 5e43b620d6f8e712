"""What is asked of a victim, and what follows: product rules 2, 4, 8 and 14 as tables."""

from itertools import product

import pytest

from portal.actions.rules import SAFETY_QUESTIONS, WISH_SUBJECTS, may_be_overridden, safety_answer
from portal.care.wishes import rules


@pytest.mark.parametrize("said", list(product(("yes", "no", "unknown", None), repeat=3)))
def test_rule_4_one_fear_makes_it_unsafe_and_only_three_times_no_makes_it_safe(said: tuple[str | None, ...]) -> None:
    detail = {key: answer for key, answer in zip(SAFETY_QUESTIONS, said, strict=True) if answer}
    expected = "no" if "yes" in said else "yes" if said == ("no", "no", "no") else "not-yet"
    assert safety_answer(detail) == expected


@pytest.mark.parametrize("subject", WISH_SUBJECTS)
def test_rule_4_an_apology_is_always_in_agreement_with_the_victim(subject: str) -> None:
    assert may_be_overridden(subject) == (subject not in ("apology", "safety"))


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        pytest.param(None, "unknown", id="nothing known"),
        pytest.param((11, 11), "to-16", id="a child"),
        pytest.param((16, 16), "to-16", id="16, still without consent"),
        pytest.param((15, 16), "to-16", id="15 or 16 by the year of birth"),
        pytest.param((16, 17), "unknown", id="16 or 17 by the year of birth"),
        pytest.param((17, 17), "from-17", id="17, no rule any more"),
        pytest.param((17, 18), "from-17", id="17 or 18 by the year of birth"),
        pytest.param((19, 19), "from-17", id="grown up"),
    ],
)
def test_rule_14_what_the_age_says_about_telling_parents(ages: tuple[int, int] | None, expected: str) -> None:
    assert rules.parents_advice(ages) == expected
    assert rules.BY_AGE[expected]


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        pytest.param([], "", id="nothing up"),
        pytest.param(["coercion", "honour"], "", id="flags that leave the wish its place"),
        pytest.param(["danger"], "safety", id="acute danger"),
        pytest.param(["under-12"], "safety", id="under 12"),
        pytest.param(["danger", "staff"], "staff", id="a member of staff goes before all"),
    ],
)
def test_rule_8_what_red_flags_say_about_the_police(raised: list[str], expected: str) -> None:
    assert rules.police_advice(raised) == expected
    assert rules.BY_FLAG[expected]


def test_every_subject_has_a_question_to_ask() -> None:
    assert set(rules.SUBJECTS) == set(rules.ASK) == set(WISH_SUBJECTS) - {"safety"}

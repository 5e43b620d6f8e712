"""How it went, as the other school says it."""

from typing import Any

from portal.links.talking.feedback import rules
from portal.web.forms import ChoiceField, Form, LongTextField


class FeedbackForm(Form):
    """A field for each of `feedback.toml`, with its own question."""

    together = ChoiceField()
    well = LongTextField(most=rules.LONGEST)
    better = LongTextField(most=rules.LONGEST)
    needed = LongTextField(most=rules.LONGEST)

    def ask(self, tell: Any) -> None:
        """`tell` gives a text in the reader's language."""
        for key, one in rules.questions().items():
            field = self[key]
            field.label.text, field.description = tell(one.ask), tell(one.hint) if one.hint else ""
            if one.answers:
                field.choices = [(value, tell(words)) for value, words in one.answers.items()]

    @property
    def answers(self) -> dict[str, str]:
        return {key: self[key].data or "" for key in rules.questions()}

"""What a page sends while somebody types."""

from portal.drafts.rules import MOST
from portal.web.forms import Form, LongTextField, TextField


class DraftForm(Form):
    place = TextField(most=200, required=True)
    text = LongTextField(most=MOST)

    @property
    def message(self) -> str:
        """What is wrong, in one line for beside the field."""
        return " ".join(str(error) for errors in self.errors.values() for error in errors)

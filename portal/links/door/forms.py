"""What is typed at the door of a shared link."""

from flask_babel import lazy_gettext as _

from portal.web.forms import TextField
from portal.web.proof import ProofForm


class CodeForm(ProofForm):
    code = TextField(
        _("Code"), most=40, required=True, description=_("8 digits. The school told you this code by telephone.")
    )

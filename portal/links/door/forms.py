"""What is typed at the door of a shared link."""

from flask_babel import lazy_gettext as _

from portal.web.forms import TextField
from portal.web.proof import ProofForm


class CodeForm(ProofForm):
    code = TextField(_("Code of 8 digits"), most=40, required=True, description=_("For example: 12 34 56 78"))

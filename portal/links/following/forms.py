"""What is typed about a link that was sent."""

from flask_babel import lazy_gettext as _

from portal.web.forms import Form, LongTextField


class RevokeForm(Form):
    words = LongTextField(
        _("Why do you revoke it?"), most=500, required=True, description=_("Stays inside: they do not read this.")
    )

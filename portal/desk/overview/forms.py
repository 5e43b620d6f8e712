"""Joining two incidents."""

from flask_babel import lazy_gettext as _

from portal.web.forms import Form, PickField


class JoinForm(Form):
    other = PickField(_("Join this incident into"), required=True, coerce=int)

"""Joining two incidents."""

import wtforms
from flask_babel import lazy_gettext as _

from portal.web.forms import Form, PickField


class JoinForm(Form):
    other = PickField(_("Join this incident into"), required=True, coerce=int)
    checked = wtforms.BooleanField(_("I checked that everybody on both teams may see all of it"))

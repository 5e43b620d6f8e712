"""Forms that ask for a proof: a password, a code."""

from collections.abc import Callable
from typing import Any

from portal.errors import Invalid, Refused
from portal.web.forms import Form


class ProofForm(Form):
    def tries(self, act: Callable[[], Any]) -> bool:
        """As `accepts`, but without a transaction.

        What counts the tries stays when one is refused, and what is slow on purpose holds no writer up.
        """
        if not (self.was_sent and self.validate()):
            return False
        try:
            act()
        except Invalid as error:
            self._show(error)
        except Refused as error:
            self.refuse(error)
        else:
            return True
        return False

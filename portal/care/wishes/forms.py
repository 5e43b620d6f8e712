"""What is typed about a wish: the same as beside the action that it gates."""

from portal.actions.forms import SafetyForm, WishForm, wish_form

__all__ = ["SafetyForm", "WishForm", "wish_form"]

"""Form fields that every form uses, so that no text field can forget the checks of `portal.web.text`."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import wtforms
from flask import g, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.meta import DefaultMeta
from wtforms.validators import Email, Optional, StopValidation, ValidationError

from portal.clock import SCHOOL_ZONE, local
from portal.db import db
from portal.errors import ChangedMeanwhile, Invalid, Refused
from portal.web import keeping
from portal.web.language import code
from portal.web.text import holds_imagery, odd_characters, tidy

LINE, PARAGRAPH = 120, 4000


def no_imagery(form: Any, field: wtforms.Field) -> None:
    """Refuse pictures and their addresses (product rule 1), with the way to go."""
    if field.data and holds_imagery(field.data):
        raise StopValidation(
            _(
                "This looks like a picture or the address of one. Rustpunt never keeps imagery. "
                "Describe it in words: platform, account, time, who saw it. "
                "Give the address to the police (0900-8844), Helpwanted (020-2615275) or Meldknop.nl."
            )
        )


def readable(form: Any, field: wtforms.Field) -> None:
    lines = isinstance(field, wtforms.TextAreaField)
    if field.data and odd_characters(field.data, lines=lines):
        raise StopValidation(_("There are characters in this text that cannot be read. Type it again."))


def filled(form: Any, field: wtforms.Field) -> None:
    if not field.data:
        raise StopValidation(_("Fill in: %(label)s", label=field.label.text))


def chosen(form: Any, field: wtforms.Field) -> None:
    if not field.data:
        raise StopValidation(_("Choose an answer: %(label)s", label=field.label.text))


filled.field_flags = chosen.field_flags = {"required": True}  # type: ignore[attr-defined]


class _Text:
    """Shared by the text fields: tidy, at most `most` characters, readable, never imagery."""

    def __init__(
        self, label: Any = "", *, most: int = LINE, required: bool = False, checks: Iterable[Any] = (), **kw: Any
    ) -> None:
        self.most = most
        self.is_required = required
        first = [filled] if required else [Optional()]
        super().__init__(  # type: ignore[call-arg]
            label, validators=[*first, self._short, readable, no_imagery, *checks], filters=[tidy], **kw
        )

    def _short(self, form: Any, field: wtforms.Field) -> None:
        if len(field.data or "") > self.most:
            over = len(field.data) - self.most
            raise StopValidation(
                _("Use at most %(most)s characters; this is %(over)s too many.", most=self.most, over=over)
            )


class TextField(_Text, wtforms.StringField):
    """One line."""


class LongTextField(_Text, wtforms.TextAreaField):
    """Several lines. `place` is where its draft is kept, `draft` the one that was found there."""

    place = ""
    draft: Any = None
    stands_beside = False  # the draft is older than what somebody else wrote here since

    def __init__(self, label: Any = "", *, most: int = PARAGRAPH, **kw: Any) -> None:
        super().__init__(label, most=most, **kw)


class EmailField(_Text, wtforms.EmailField):
    def __init__(self, label: Any = "", **kw: Any) -> None:
        wrong = lazy_gettext("Write an e-mail address like name@school.nl.")
        super().__init__(label, checks=[Email(message=wrong)], **kw)


def _telephone(form: Any, field: wtforms.Field) -> None:
    if sum(char.isdigit() for char in field.data) < 3 or set(field.data) - set("0123456789+-() ./x"):
        raise ValidationError(_("Write a telephone number with digits, like 020-1234567."))


class PhoneField(_Text, wtforms.TelField):
    def __init__(self, label: Any = "", **kw: Any) -> None:
        super().__init__(label, most=30, checks=[_telephone], **kw)


def options(pairs: Iterable[Any]) -> list[SelectChoice]:
    """Choices as WTForms wants them, from pairs of value and label."""
    return [pair if isinstance(pair, SelectChoice) else SelectChoice(*pair) for pair in pairs]


class _Offered:
    """A field whose choices may be given as plain pairs."""

    def __init__(self, *args: Any, choices: Iterable[Any] = (), **kw: Any) -> None:
        super().__init__(*args, choices=options(choices), **kw)  # type: ignore[call-arg]

    @property
    def choices(self) -> Any:
        return self._choices

    @choices.setter
    def choices(self, pairs: Iterable[Any]) -> None:
        self._choices = options(pairs)


class ChoiceField(_Offered, wtforms.RadioField):
    """One of a few, seen at once. A choice that was not offered is refused."""

    def __init__(self, label: Any = "", *, required: bool = False, **kw: Any) -> None:
        self.is_required = required
        first = [chosen] if required else [Optional()]
        super().__init__(label, validators=first, coerce=lambda v: "" if v is None else str(v), **kw)

    def pre_validate(self, form: Any) -> None:
        if self.data and self.data not in {str(value) for value, *_rest in self.iter_choices()}:
            raise ValidationError(_("Choose one of the answers given."))

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        self.validate_choice = False
        return super().validate(form, extra_validators)


class PickField(_Offered, wtforms.SelectField):
    """One of many, in a list; '' is 'nothing chosen'."""

    def __init__(self, label: Any = "", *, required: bool = False, **kw: Any) -> None:
        self.is_required = required
        super().__init__(label, validators=[chosen] if required else [], validate_choice=False, **kw)

    def pre_validate(self, form: Any) -> None:
        if self.data not in ("", None) and self.data not in {c[0] for c in self.iter_choices()}:
            raise StopValidation(_("Choose one of the answers given."))


class TicksField(_Offered, wtforms.SelectMultipleField):
    """Any number of a list, as tick boxes."""

    option_widget = wtforms.widgets.CheckboxInput()
    widget = wtforms.widgets.ListWidget(prefix_label=False)

    def __init__(self, label: Any = "", *, required: bool = False, **kw: Any) -> None:
        self.is_required = required
        super().__init__(label, validators=[chosen] if required else [], validate_choice=False, **kw)

    def pre_validate(self, form: Any) -> None:
        if set(self.data or ()) - {c[0] for c in self.iter_choices()}:
            raise StopValidation(_("Choose one of the answers given."))


class NumberField(wtforms.IntegerField):
    """A whole number from `least` to `most`."""

    def __init__(self, label: Any = "", *, least: int, most: int, checks: Iterable[Any] = (), **kw: Any) -> None:
        self.least, self.most = least, most
        super().__init__(label, validators=[Optional(), self._between, *checks], **kw)

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if text:
            if not (text.isascii() and text.isdigit() and len(text) < 10):
                raise ValueError(_("Write a whole number."))
            self.data = int(text)

    def _between(self, form: Any, field: wtforms.Field) -> None:
        if field.data is not None and not self.least <= field.data <= self.most:
            raise ValidationError(_("Write a number from %(least)s to %(most)s.", least=self.least, most=self.most))


class MomentField(wtforms.DateTimeLocalField):
    """Date and time on the school's clock; `data` is aware UTC, from two years ago to two years ahead."""

    def __init__(self, label: Any = "", *, required: bool = False, past_only: bool = False, **kw: Any) -> None:
        self.is_required, self.past_only = required, past_only
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d-%m-%Y %H:%M"]
        super().__init__(label, validators=[filled if required else Optional(), self._near], format=formats, **kw)

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Write a date and time like 2026-11-21 16:00.")) from None
        if self.data is not None:
            try:
                self.data = self.data.replace(tzinfo=SCHOOL_ZONE).astimezone(UTC)
            except (OverflowError, ValueError):
                raise ValueError(_("Write a date and time like 2026-11-21 16:00.")) from None

    def _near(self, form: Any, field: wtforms.Field) -> None:
        if field.process_errors:
            raise StopValidation
        now: datetime = g.clock.now()
        if abs(field.data - now) > timedelta(days=731):
            raise ValidationError(_("This date is too far away. Check the year."))
        if self.past_only and field.data > now + timedelta(minutes=5):
            raise ValidationError(_("This moment is still to come. Write when it happened."))

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return local(self.data).strftime("%Y-%m-%dT%H:%M") if self.data else ""


class DateField(wtforms.DateField):
    """A day on the calendar, from two years ago to five years ahead."""

    def __init__(self, label: Any = "", *, required: bool = False, **kw: Any) -> None:
        self.is_required = required
        super().__init__(label, validators=[filled if required else Optional(), self._near], **kw)

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Write a date like 2026-11-21.")) from None

    def _near(self, form: Any, field: wtforms.Field) -> None:
        if field.process_errors:
            raise StopValidation
        days = (field.data - local(g.clock.now()).date()).days
        if not -731 <= days <= 1830:
            raise ValidationError(_("This date is too far away. Check the year."))


class Form(FlaskForm):  # type: ignore[misc]
    """A form whose errors can also come from an operation, and that loses nothing when it is refused."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        @property
        def locales(self) -> tuple[str]:
            return (code(),)

        def get_translations(self, form: Any) -> Any:
            """WTForms' own, which keeps its catalogue; Flask-WTF reads it from the disk for each request."""
            return DefaultMeta.get_translations(self, form)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Only what was typed: a file that is sent along is never looked at (product rule 1)."""
            wrapped = super().wrap_formdata(form, formdata)
            form.arrived = wrapped is not None
            return request.form if isinstance(wrapped, CombinedMultiDict) else wrapped

    arrived = False  # whether this form is the one that was sent

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.refused: Refused | None = None
        self.repeated = False
        # (label, what is there now, what was typed) after a conflict
        self.differences: list[tuple[str, str, str]] = []

    def accepts(self, act: Callable[[], Any]) -> bool:
        """Validate, then do it. False when the form or the operation found something wrong.

        Sent again after a lost answer, it is `repeated`: true as after the first time, and nothing is done.
        Drafts of the form go in the same transaction.
        """
        if not self.was_sent:
            return False
        self.repeated = keeping.sent_before()
        # What was right the first time need not be so any more: the choice may be gone by having been made.
        if not self.repeated and not self.validate():
            return False
        try:
            with db.atomic():
                self.repeated = not keeping.once(act)
                texts = [field for field in self if isinstance(field, LongTextField) and field.place]
                if texts:
                    keeping.forget({field.place: field.data or "" for field in texts})
        except Invalid as error:
            self._show(error)
            return False
        except Refused as error:
            self.refuse(error)
            return False
        return True

    def refuse(self, error: Refused) -> None:
        """A rule refused what was sent; the page says why, and the answer for how long."""
        self.refused = error
        g.retry_after = error.wait

    def keep_draft(self, at: str, name: str = "", *, changed_at: datetime | None = None) -> None:
        """Keep what is typed into long texts until this form, sent to the address `at`, is accepted.

        `name` tells several forms with one address apart. A form that was not sent yet is filled with the
        reader's draft; a draft from before `changed_at`, when somebody may have written something else here,
        only stands beside it.
        """
        for field in self:
            if isinstance(field, LongTextField):
                field.place = keeping.place_of(f"{at}#{name}{field.short_name}")
                found = None if self.arrived else keeping.draft(field.place)
                if found is None or found.text == field.data:
                    continue
                field.draft = found
                field.stands_beside = changed_at is not None and found.saved_at < changed_at
                if not field.stands_beside:
                    field.data = found.text

    def _show(self, error: Invalid) -> None:
        """Put what an operation found wrong next to the field it is about."""
        field = self._fields.get(error.field)
        message = _(error.message, **error.values)
        if field is None:
            self.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]

    def compare(self, now: dict[str, Any]) -> None:
        """After a conflict: show what is there now beside what was typed, and let the next try go through."""
        if not isinstance(self.refused, ChangedMeanwhile):
            return
        for name, value in now.items():
            field = self._fields.get(name)
            if field is None or name == "version":
                continue
            there, typed = shown(field, value), shown(field, field.data)
            if there != typed:
                self.differences.append((str(field.label.text), there, typed))
        if "version" in self._fields:
            self._fields["version"].data = now["version"]
            self._fields["version"].raw_data = None

    def stand_beside(self, others: str) -> None:
        """Give the controls ids of their own, so that several forms can be on one page."""
        for field in self:
            field.id = field.label.field_id = f"{field.short_name}-{others}"

    @property
    def was_sent(self) -> bool:
        return request.method == "POST"

    @property
    def status(self) -> int:
        """409 or 429 when a rule refused, 422 when something typed is wrong, 200 when nothing was sent."""
        return self.refused.status if self.refused else 422 if self.was_sent else 200


def shown(field: wtforms.Field, value: Any) -> str:
    """A field's value as its reader knows it: the words of a choice, the wall clock of a moment."""
    if value in (None, "", []):
        return "–"
    if isinstance(value, datetime):
        return local(value).strftime("%Y-%m-%d %H:%M")
    if hasattr(field, "iter_choices"):
        words = {str(code): str(label) for code, label, *_rest in field.iter_choices()}
        values = value if isinstance(value, list) else [value]
        return ", ".join(words.get(str(one), str(one)) for one in values)
    return str(value)


def choices(labels: dict[str, Any], *values: str) -> list[tuple[str, Any]]:
    """Pairs for a choice field, in the order of the values (all of them when none are named)."""
    return [(value, labels[value]) for value in (values or labels)]


def whole_number(text: Any) -> int:
    """A hidden number (a version, an id) as sent by a browser; -1, which nothing has, for anything else."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def kind_of(field: wtforms.Field) -> str:
    """What a field is drawn as; by widget, so that a field class of our own is drawn like its parent."""
    if hasattr(field, "entries"):
        return "list"
    if hasattr(field, "form"):
        return "form"
    kind = getattr(field.widget, "input_type", "")
    option = getattr(field, "option_widget", None)
    if option is not None:
        one = getattr(option, "input_type", "")
        several = one == "checkbox" or getattr(field.widget, "multiple", False)
        return "radios" if one == "radio" else "checkboxes" if several else "select"
    return kind if kind in ("hidden", "checkbox") else "input" if kind else "textarea"

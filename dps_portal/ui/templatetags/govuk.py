"""Draws Django's form fields as GOV.UK controls; used by the templates in ``templates/govuk``."""

from django import forms, template
from django.forms.formsets import BaseFormSet

from dps_portal.ui.forms import DateBoxes, missing_answer

register = template.Library()

# The first that fits: CheckboxSelectMultiple is also a RadioSelect.
KINDS = (
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.Select, "select"),
    (forms.CheckboxInput, "checkbox"),
    (DateBoxes, "date"),
    (forms.FileInput, "file"),
    (forms.PasswordInput, "password"),
    (forms.NumberInput, "number"),
    (forms.Textarea, "textarea"),
)
CLASSES = {
    "select": "govuk-select",
    "file": "govuk-file-upload",
    "textarea": "govuk-textarea",
    "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
}
# Limits that the browser must not enforce silently (the server explains them instead), and
# hints that vanish while typing.
UNWANTED = {"maxlength": False, "min": False, "max": False, "step": False, "placeholder": False}


@register.filter
def kind(bound):
    if bound.is_hidden:
        return "hidden"
    widget = bound.field.widget
    return next((name for widget_class, name in KINDS if isinstance(widget, widget_class)), "text")


@register.filter
def word_limit(bound):
    return getattr(bound.field, "max_words", None)


@register.filter
def character_limit(bound):
    return None if word_limit(bound) else getattr(bound.field, "max_length", None)


@register.filter
def prefix(bound):
    return getattr(bound.field, "prefix", "")


@register.filter
def optional(bound):
    """Whether the label should say so: our own forms mark what may be left out."""
    return getattr(bound.form, "mark_optional", False) and not bound.field.required


@register.filter
def error_texts(bound):
    """The errors of a field; Django's bare "This field is required." says what is missing."""
    bare = forms.Field.default_error_messages["required"]
    return [
        missing_answer(bound.field, bound.label) if text == bare else text for text in bound.errors
    ]


@register.filter
def described_by(bound):
    """The ids of the texts that belong to the control, or to its group."""
    ids = []
    if bound.help_text:
        ids.append(f"{bound.auto_id}_hint")
    if bound.errors:
        ids.append(f"{bound.auto_id}_error")
    if kind(bound) == "textarea" and (word_limit(bound) or character_limit(bound)):
        ids.append(f"{bound.auto_id}-info")
    return " ".join(ids)


@register.simple_tag
def control(bound):
    """The input, select or textarea itself."""
    what = kind(bound)
    base = CLASSES.get(what, "govuk-input")
    classes = [base, bound.field.widget.attrs.get("class", "")]
    if what == "textarea" and (word_limit(bound) or character_limit(bound)):
        classes.append("govuk-js-character-count")
    if bound.errors:
        classes.append(f"{base.split()[0]}--error")
    attrs = UNWANTED | {"class": " ".join(filter(None, classes))}
    attrs["aria-describedby"] = described_by(bound) or False
    if what == "number":
        whole = not isinstance(bound.field, forms.FloatField | forms.DecimalField)
        attrs["inputmode"] = "numeric" if whole else "decimal"
    if what == "textarea":
        attrs |= {"cols": False, "rows": bound.field.widget.attrs.get("rows", 5)}
    if what == "password":
        attrs |= {"spellcheck": "false", "autocapitalize": "none"}
    return bound.as_widget(attrs=attrs)


@register.filter
def options(bound):
    """Each radio or checkbox with its hint and the fields that it reveals, keyed by value."""
    hints = getattr(bound.form, "choice_hints", {}).get(bound.name, {})
    revealed = getattr(bound.form, "reveals", {}).get(bound.name, {})
    found = []
    for choice in bound.subwidgets:
        data = choice.data
        value = "" if data["value"] is None else str(data["value"])
        found.append(
            {
                "id": data["attrs"]["id"],
                "name": data["name"],
                "value": value,
                "label": data["label"],
                "selected": data["selected"],
                "disabled": data["attrs"].get("disabled", False),
                "hint": hints.get(value, ""),
                "fields": [bound.form[name] for name in revealed.get(value, ())],
            }
        )
    return found


@register.filter
def boxes(bound):
    """The day, month and year boxes of a date, each knowing whether it is at fault."""
    bad = wrong_boxes(bound)
    typed = bound.value()
    values = typed if isinstance(typed, list | tuple) else bound.field.widget.decompress(typed)
    return [
        {
            "id": f"{bound.auto_id}_{place}",
            "name": f"{bound.html_name}_{part}",
            "label": part.capitalize(),
            "width": 4 if part == "year" else 2,
            "value": values[place] or "",
            "wrong": place in bad,
        }
        for place, part in enumerate(DateBoxes.PARTS)
    ]


def wrong_boxes(bound):
    """The places of the boxes that an error names; all of them if it names none."""
    if not bound.errors:
        return ()
    for error in bound.errors.as_data():
        if error.params and "boxes" in error.params:
            return error.params["boxes"]
    return range(len(DateBoxes.PARTS))


@register.filter
def groups(form):
    """All fields in the order of the page, as ``{"legend", "fields"}``.

    ``form.fieldsets`` names groups; what it leaves out follows, so no field is ever lost.
    A field that a choice reveals is drawn beneath that choice.
    """
    beneath = {
        name
        for choices in getattr(form, "reveals", {}).values()
        for names in choices.values()
        for name in names
    }
    left = [name for name in form.fields if name not in beneath]
    found = []
    for legend, names in getattr(form, "fieldsets", ()):
        here = [name for name in names if name in left]
        left = [name for name in left if name not in here]
        if here:
            found.append({"legend": legend, "fields": [form[name] for name in here]})
    if left:
        found.append({"legend": "", "fields": [form[name] for name in left]})
    return found


def first_control_id(bound):
    """The id that takes the focus when the error summary's link is followed."""
    what = kind(bound)
    if what == "hidden":
        return ""
    if what in {"radios", "checkboxes"}:
        first = next(iter(bound.subwidgets), None)
        return first.data["attrs"]["id"] if first else ""
    if what == "date":
        return f"{bound.auto_id}_{min(wrong_boxes(bound), default=0)}"
    return bound.id_for_label


def errors_of(form):
    """Every error of a form in the order of the page: those of the whole form come first."""
    found = [{"text": text, "target": ""} for text in form.non_field_errors()]
    for bound in form:
        target = first_control_id(bound) if bound.errors else ""
        found += [{"text": text, "target": target} for text in error_texts(bound)]
    return found


@register.inclusion_tag("govuk/error_summary.html")
def error_summary(form):
    """What to put right, with links to the controls; drawn once a page for each form.

    ``base.html`` draws it above the heading for the form called ``form``; the form itself
    draws it otherwise.
    """
    if not form or not form.is_bound or getattr(form, "summary_drawn", False):
        return {"errors": []}
    form.summary_drawn = True
    if isinstance(form, BaseFormSet):
        errors = [{"text": text, "target": ""} for text in form.non_form_errors()]
        return {"errors": errors + [error for each in form for error in errors_of(each)]}
    return {"errors": errors_of(form)}

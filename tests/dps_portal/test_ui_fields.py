"""Dates in three boxes, pounds to pence, long text, and fields that a choice reveals."""

from datetime import date

import pytest
from django import forms

from dps_portal.ui.forms import DateField, Form, LongTextField, PoundsField, missing_answer


class StayForm(Form):
    reveals = {"planned": {"no": ["reason", "left_on", "fee"]}}

    planned = forms.ChoiceField(choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect)
    reason = forms.CharField()
    left_on = DateField(label="Day of leaving")
    fee = PoundsField(required=False)


class DayForm(Form):
    start = DateField(
        label="Start date",
        required=False,
        earliest=date(2026, 4, 1),
        latest=lambda: date(2027, 3, 31),
    )


class PriceForm(Form):
    price = PoundsField(label="Price", required=False, min_pence=100, max_pence=100_000_00)


def date_form(day, month, year):
    return DayForm({"start_day": day, "start_month": month, "start_year": year})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (("27", "3", "2027"), date(2027, 3, 27)),
        ((" 01 ", "04", "2026"), date(2026, 4, 1)),
        (("31", "March", "2027"), date(2027, 3, 31)),
        (("31", "mar", "2027"), date(2027, 3, 31)),
        (("", " ", ""), None),
    ],
)
def test_date_is_read_from_three_boxes(typed, meant):
    form = date_form(*typed)

    assert form.errors == {}
    assert form.cleaned_data == {"start": meant}


@pytest.mark.parametrize(
    ("typed", "message", "boxes"),
    [
        (("27", "3", ""), "Start date must include a year", [2]),
        (("", "", "2027"), "Start date must include a day and a month", [0, 1]),
        (("27", "3", "24"), "Start date must have a year of 4 numbers, like 2026", [2]),
        (("27", "3", "20270"), "Start date must have a year of 4 numbers, like 2026", [2]),
        (("27", "3", "２０２７"), "Start date must have a year of 4 numbers, like 2026", [2]),
        (("27", "12345678901234567890", "2027"), "Start date must be a real date", [1]),
        (("x", "Smarch", "2027"), "Start date must be a real date", [0, 1]),
        (("-1", "3", "2027"), "Start date must be a real date", [0]),
        (("29", "2", "2027"), "Start date must be a real date", [0, 1, 2]),
        (("0", "13", "2027"), "Start date must be a real date", [0, 1, 2]),
        (("1", "1", "0000"), "Start date must be a real date", [0, 1, 2]),
        (("31", "3", "2026"), "Start date must be on or after 1 April 2026", [0, 1, 2]),
        (("1", "4", "2027"), "Start date must be on or before 31 March 2027", [0, 1, 2]),
    ],
)
def test_date_is_refused_with_what_is_wrong(typed, message, boxes):
    form = date_form(*typed)

    assert form.errors == {"start": [message]}
    assert form.errors.as_data()["start"][0].params["boxes"] == boxes


def test_a_huge_number_is_no_date():
    assert date_form("9" * 5000, "1", "2027").errors == {
        "start": ["Start date must be a real date"]
    }


def test_an_unchanged_date_is_not_a_change():
    initial = {"start": date(2026, 5, 1)}
    same = {"start_day": "1", "start_month": "5", "start_year": "2026"}

    assert not DayForm(same, initial=initial).has_changed()
    assert DayForm(same | {"start_day": "2"}, initial=initial).has_changed()
    assert DayForm(same | {"start_day": "x"}, initial=initial).has_changed()


@pytest.mark.parametrize(
    ("typed", "pence"),
    [
        ("£1,234.50", 123_450),
        ("1234.5", 123_450),
        (" 1 234 ", 123_400),
        ("£ 845", 84_500),
        ("1", 100),
        ("100,000", 100_000_00),
        ("", None),
        ("   ", None),
    ],
)
def test_pounds_are_read_as_pence(typed, pence):
    form = PriceForm({"price": typed})

    assert form.errors == {}
    assert form.cleaned_data == {"price": pence}


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("abc", "must be an amount in pounds, like 1,234.50"),
        ("1,23", "must be an amount in pounds, like 1,234.50"),
        ("1.234", "must be an amount in pounds, like 1,234.50"),
        ("1e5", "must be an amount in pounds, like 1,234.50"),
        ("-5", "must be an amount in pounds, like 1,234.50"),
        ("£", None),
        ("٣", "must be an amount in pounds, like 1,234.50"),
        ("0.99", "must be £1.00 or more"),
        ("100000.01", "must be £100,000.00 or less"),
        ("9" * 5000, "must be £100,000.00 or less"),
    ],
)
def test_pounds_are_refused_with_what_is_wrong(typed, fault):
    assert PriceForm({"price": typed}).errors == ({"price": [f"Price {fault}"]} if fault else {})


def test_pence_are_shown_as_pounds_and_typed_text_survives():
    assert PriceForm(initial={"price": 123_450})["price"].value() == "1234.50"
    assert PriceForm({"price": "1,23"})["price"].value() == "1,23"
    assert not PriceForm({"price": "£1,234.50"}, initial={"price": 123_450}).has_changed()
    assert PriceForm({"price": "x"}, initial={"price": 123_450}).has_changed()


def test_words_are_counted_as_people_count_them():
    field = LongTextField(label="Summary", max_words=3)

    assert field.clean("one  two\r\nthree") == "one  two\nthree"
    with pytest.raises(forms.ValidationError) as refusal:
        field.clean("one two three four")
    assert refusal.value.messages == ["Summary must be 3 words or fewer; it has 4"]


def test_revealed_fields_count_only_when_their_choice_is_made():
    planned = StayForm({"planned": "yes", "reason": "left over", "left_on_day": "x", "fee": "x"})
    unplanned = StayForm({"planned": "no"})

    assert planned.errors == {}
    assert planned.cleaned_data == {"planned": "yes", "reason": "", "left_on": None, "fee": None}
    assert set(unplanned.errors) == {"reason", "left_on"}


@pytest.mark.parametrize(
    ("field", "label", "message"),
    [
        (forms.CharField(), "CQC number", "Enter CQC number"),
        (forms.CharField(), "Start date", "Enter start date"),
        (forms.CharField(), "Who pays?", "Answer “Who pays?”"),
        (forms.ChoiceField(), "Lot", "Select lot"),
        (
            forms.ChoiceField(widget=forms.RadioSelect),
            "Which lot?",
            "Select an answer to “Which lot?”",
        ),
        (forms.FileField(), "Policy", "Choose a file for policy"),
        (forms.BooleanField(), "I agree", "Tick the box to confirm"),
    ],
)
def test_a_missing_answer_is_named(field, label, message):
    assert missing_answer(field, label) == message

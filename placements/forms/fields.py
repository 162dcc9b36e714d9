"""What the forms share."""

from dps_portal.ui.forms import LongTextField

NO_NAMES = "Do not write the person's name, address or date of birth."


def text(label: str, *, help_text: str = "", required: bool = True) -> LongTextField:
    return LongTextField(label=label, help_text=help_text, required=required, max_length=2000)

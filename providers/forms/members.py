"""The people of an organisation: one address, and pages of one button."""

from django import forms

from dps_portal.ui.forms import Form


class InvitationForm(Form):
    submit = "Send invitation"

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="The person signs in or creates an account with this address.",
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class MembershipForm(Form):
    """Nothing to fill in: the page says what is lost, and the button does it."""

    is_destructive = True

    def __init__(self, *args, submit, **kwargs):
        super().__init__(*args, **kwargs)
        self.submit = submit


class JoiningForm(Form):
    submit = "Join this organisation"

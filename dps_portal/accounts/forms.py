"""The part of sign-up that is ours."""

from django import forms


class NameForm(forms.Form):
    name = forms.CharField(label="Your full name", max_length=120)

    def signup(self, request, user):
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])

"""The account's own mail: says what to do, in the council's name, with no name of a person."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.urls import reverse

from dps_portal.notifications.models import Notification
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-lantern-42"
SIGN_UP = {"name": "Nia New", "password1": PASSWORD, "password2": PASSWORD}


def user_with_address():
    user = UserFactory()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def asks_for_an_account(client):
    client.post(reverse("account_signup"), SIGN_UP | {"email": "nia@haven.example"})


def asks_for_a_second_account(client):
    client.post(reverse("account_signup"), SIGN_UP | {"email": user_with_address().email})


def forgets_the_password(client):
    client.post(reverse("account_reset_password"), {"email": user_with_address().email})


def is_not_known(client):
    client.post(reverse("account_reset_password"), {"email": "nobody@haven.example"})


@pytest.mark.parametrize(
    ("act", "subject", "way_on"),
    [
        (asks_for_an_account, "Confirm your e-mail address", r"^[A-Z0-9]{4}-[A-Z0-9]{4}$"),
        (asks_for_a_second_account, "You already have an account", r"^http\S+/password/reset/$"),
        (forgets_the_password, "Choose a new password", r"^http\S+/password/reset/key/\S+/$"),
        (is_not_known, "There is no account with this address", r"^http\S+/signup/$"),
    ],
)
def test_account_mail_says_what_to_do(client, act, subject, way_on):
    act(client)

    mail = Notification.objects.get()
    assert mail.subject == subject
    assert len(re.findall(way_on, mail.body, re.MULTILINE)) == 1
    paragraphs = mail.body.strip().split("\n\n")
    assert paragraphs[-1] == f"{settings.COUNCIL_NAME}\n{settings.PORTAL_ORIGIN}"
    assert [part for part in paragraphs if not part.strip()] == []

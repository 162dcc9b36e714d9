"""Rubbish in an address or in a body is not found or refused: never an error of the server."""

import uuid

import pytest
from django.urls import converters, reverse

from dps_portal.accounts.roles import COUNCIL_ROLES, PROVIDER_ROLES
from tests.architecture.role_matrix import MATRIX
from tests.crawl import every_page
from tests.factories.accounts import UserFactory
from tests.factories.agreements import LotFactory

pytestmark = pytest.mark.django_db

RUBBISH = ["\0", "🐢", "x" * 5000, "%", "a b", "'--", "..;"]
AS_MUCH = {
    converters.StringConverter: lambda text: text,
    converters.SlugConverter: lambda text: "x" * (5000 if len(text) > 1 else 1),
    converters.IntConverter: lambda text: 10**30 if len(text) > 1 else 0,
    converters.UUIDConverter: lambda text: uuid.uuid4(),
}


@pytest.mark.parametrize("roles", [COUNCIL_ROLES, PROVIDER_ROLES], ids=["council", "provider"])
@pytest.mark.parametrize("text", RUBBISH, ids=ascii)
def test_what_does_not_exist_is_not_found(client, roles, text):
    client.force_login(UserFactory(roles=sorted(roles)))
    there = [(name, takes) for name, _, takes in every_page() if name in MATRIX and takes]
    assert len(there) > 50

    for name, parts in there:
        facts = {key: AS_MUCH[type(part)](text) for key, part in parts.items()}
        answer = client.get(reverse(name, kwargs=facts))
        if answer.status_code == 405:
            answer = client.post(reverse(name, kwargs=facts))
        assert answer.status_code in (403, 404) or (
            name in {"publication:confirm_subscription", "publication:unsubscribe"}
            or "accept_invitation" in name
        ), (name, answer.status_code)
        assert answer.status_code < 500, name


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "hex", "latin-1"])
def test_body_in_another_encoding_is_refused(client, charset):
    """In UTF-7 one can spell a lone surrogate, which no database stores."""
    body = b'--b\r\nContent-Disposition: form-data; name="login"\r\n\r\n+2AA-\r\n--b--\r\n'
    kind = f"multipart/form-data; boundary=b; charset={charset}"

    answer = client.generic("POST", reverse("account_login"), body, content_type=kind)

    assert answer.status_code == 400


def test_bytes_that_are_not_utf_8_are_no_error(client):
    lot = LotFactory(agreement__opens_in_rounds=True)
    url = reverse("publication:subscribe", args=[lot.agreement.reference])
    kind = "application/x-www-form-urlencoded"

    answer = client.generic("POST", url, b"email=%ED%A0%80%FF", content_type=kind)

    assert answer.status_code == 200
    assert "email" in answer.context["form"].errors

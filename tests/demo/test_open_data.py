"""What the demonstration council publishes is whole, passes every check and names nobody."""

import pytest
from django.urls import reverse

from dps_portal.accounts.models import User
from dps_portal.agreements.models import Agreement, NoticeKind
from placements.models import Person, Placement, Referral
from tenders.models import Bid, Contract
from tests.publication.cove import faults_of

pytestmark = pytest.mark.usefixtures("council")

PACKAGES = ("release_package", "record_package")
FILES = (*PACKAGES, "release_feed", "contracts_csv", "spend_csv", "open_data")


def packs() -> list[str]:
    agreement = Agreement.objects.get()
    quarters = [
        notice.quarter for notice in agreement.notice_tasks.filter(kind=NoticeKind.QUARTERLY_AWARD)
    ]
    return [
        reverse("publication:award_pack", args=[agreement.reference, each.start.year, each.number])
        for each in quarters
    ]


@pytest.mark.parametrize("name", PACKAGES)
def test_packages_pass_the_check_of_the_standard(client, name):
    package = client.get(reverse(f"publication:{name}")).json()

    assert faults_of(package) == {}
    assert len({one["ocid"] for one in package[name.split("_")[0] + "s"]}) > 2


def test_no_file_names_a_person(client):
    paths = [reverse(f"publication:{name}") for name in FILES] + packs()
    answers = [client.get(path) for path in paths]
    assert [answer.status_code for answer in answers] == [200] * len(paths)
    text = "".join(answer.content.decode() for answer in answers)

    canaries = {one.reference for model in (Placement, Referral) for one in model.objects.all()}
    canaries |= {str(person) for person in Person.objects.all()}
    canaries |= {word for one in User.objects.all() for word in (one.email, one.name) if word}
    assert [canary for canary in canaries if canary in text] == []


def test_only_the_winner_of_a_tender_is_told_of_with_it(client):
    package = client.get(reverse("publication:release_package")).json()
    told = {
        party["name"]
        for release in package["releases"]
        for party in release["parties"]
        if "supplier" in party["roles"]
    }

    assert told == {contract.provider.name for contract in Contract.objects.all()}
    assert Bid.objects.exclude(provider__name__in=told).exists()

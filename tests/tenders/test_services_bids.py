"""Bids: sealed, replaceable, in time by the database's clock, and invisible to everyone else."""

import hashlib
import json
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from dps_portal import sealing
from dps_portal.accounts.roles import Role
from dps_portal.audit.models import AuditEvent
from dps_portal.refusals import Refused
from providers.models import Admission
from tenders import services
from tenders.models import Invitation, SubmissionAttempt, Tender
from tenders.services import bids
from tests.factories.accounts import UserFactory
from tests.factories.tenders import Competition, owner_of

pytestmark = pytest.mark.django_db

CANARY = "CANARYANSWER"
PRICE = 87_654


@pytest.fixture
def competition():
    found = Competition(closes_in=timedelta(days=10))
    found.published()
    return found


@pytest.fixture
def provider(competition):
    return competition.providers[0]


def edit(competition, provider, *, answers=None, pence=PRICE, at=None):
    """Each answer and the price in its turn, as a person who has seen what is there."""
    facts = {"by": owner_of(provider), "at": at or timezone.now()}
    answers = answers or {"1": f"{CANARY} one", "2": f"{CANARY} two"}
    for criterion in competition.tender.criteria.order_by("position"):
        services.edit_answer(
            invitation=competition.invitation(provider),
            criterion=criterion,
            text=answers[str(criterion.position)],
            is_finished=True,
            seen=services.version_of(own(competition, provider).answer(criterion)),
            **facts,
        )
    return services.edit_price(
        invitation=competition.invitation(provider),
        weekly_pence=pence,
        seen=services.version_of(own(competition, provider).price),
        **facts,
    )


def submit(competition, provider, *, at=None):
    return services.submit_bid(
        invitation=competition.invitation(provider),
        by=owner_of(provider),
        at=at or timezone.now(),
    )


def own(competition, provider):
    return services.own_bid(competition.invitation(provider))


# ── Drafts ───────────────────────────────────────────────────────────────────────────────────


def test_a_draft_is_kept_that_only_the_provider_can_read(competition, provider):
    edit(competition, provider)

    assert own(competition, provider).draft == {
        "answers": {"1": f"{CANARY} one", "2": f"{CANARY} two"},
        "weekly_pence": PRICE,
        "attachments": {},
        "finished": ["1", "2"],
    }
    assert own(competition, provider).submitted is None
    assert Invitation.objects.visible_to(owner_of(provider)).count() == 1
    for role in set(Role) - {Role.PROVIDER_OWNER, Role.PROVIDER_MEMBER}:
        assert not Invitation.objects.visible_to(UserFactory(roles=[role])).exists()


def test_a_draft_may_have_gaps(competition, provider):
    edit(competition, provider, answers={"1": "", "2": "Only this"}, pence=None)

    assert own(competition, provider).draft["weekly_pence"] is None


def test_an_answer_beyond_its_limit_is_not_kept(competition, provider):
    with pytest.raises(Refused) as refusal:
        edit(competition, provider, answers={"1": "word " * 101, "2": ""})

    assert refusal.value.reasons == ("The answer on “Safety” is longer than its word limit.",)
    assert own(competition, provider).draft == services.own_copies.NOTHING_YET


def test_a_price_above_ceiling_and_list_is_not_kept(competition, provider):
    with pytest.raises(Refused) as refusal:
        edit(competition, provider, pence=110_001)

    assert refusal.value.reasons == (
        "The weekly price is above the ceiling of the lot.",
        "The weekly price is above the one on your price list.",
    )
    assert own(competition, provider).draft["weekly_pence"] is None


def test_t14_what_somebody_else_saved_meanwhile_is_not_overwritten(competition, provider):
    criterion = competition.tender.criteria.get(position=1)
    facts = {"criterion": criterion, "is_finished": False, "by": owner_of(provider)}
    seen = services.version_of("")

    def save(text, seen):
        services.edit_answer(
            invitation=competition.invitation(provider),
            text=text,
            seen=seen,
            at=timezone.now(),
            **facts,
        )

    save("First.", seen)
    with pytest.raises(Refused, match="has saved something else"):
        save("Second.", seen)
    assert own(competition, provider).answer(criterion) == "First."
    save("First.", seen)  # the same again harms nobody
    save("Second.", services.version_of("First."))
    assert own(competition, provider).answer(criterion) == "Second."


def test_a_price_may_be_as_high_as_the_price_list_and_no_higher(competition, provider):
    edit(competition, provider, pence=100_000)

    with pytest.raises(Refused, match="above the one on your price list"):
        edit(competition, provider, pence=100_001)


def test_answers_too_long_to_seal_are_refused(competition, provider):
    with pytest.raises(Refused, match="too long to be sealed"):
        edit(competition, provider, answers={"1": "x" * 400_000, "2": ""})


# ── Submission ───────────────────────────────────────────────────────────────────────────────


def test_submit_bid_gives_a_receipt_that_anyone_can_check(competition, provider):
    edit(competition, provider)
    submit(competition, provider)

    quality = own(competition, provider).submitted["quality"]
    text = services.receipt_text(competition.invitation(provider))
    content = text.split("Content:\n")[1].split("\nPrice:\n")[0]
    price = text.split("\nPrice:\n")[1].strip()
    assert hashlib.sha256(content.encode()).hexdigest() == quality["digest"]
    assert hashlib.sha256(price.encode()).hexdigest() == json.loads(content)["price_digest"]
    assert json.loads(price)["weekly_pence"] == PRICE
    key = sealing.verify_key(settings.KEYS["receipt"])
    assert key in text
    assert sealing.is_signed(quality["digest"].encode(), quality["signature"], verify_with=key)
    assert json.loads(content)["submitted_by"] == owner_of(provider).ref


def test_receipt_text_without_a_bid_is_refused(competition, provider):
    with pytest.raises(Refused, match="There is no submitted bid"):
        services.receipt_text(competition.invitation(provider))


def test_submit_bid_refused_names_every_gap(competition, provider):
    edit(competition, provider, answers={"1": "", "2": "Text"}, pence=None)

    with pytest.raises(Refused) as refusal:
        submit(competition, provider)

    assert refusal.value.reasons == (
        "The question on “Safety” is not answered.",
        "The weekly price is missing.",
    )
    assert own(competition, provider).submitted is None


def test_submit_bid_twice_changes_nothing(competition, provider):
    edit(competition, provider)
    submit(competition, provider)
    first = own(competition, provider).submitted
    submit(competition, provider)

    assert own(competition, provider).submitted == first


def test_a_later_bid_takes_the_place_of_the_earlier_one(competition, provider):
    edit(competition, provider)
    submit(competition, provider)
    edit(competition, provider, pence=PRICE - 1)
    assert own(competition, provider).submitted["price"]["weekly_pence"] == PRICE
    assert not own(competition, provider).is_draft_submitted
    submit(competition, provider)

    assert own(competition, provider).submitted["price"]["weekly_pence"] == PRICE - 1


def test_withdraw_bid_leaves_the_draft(competition, provider):
    edit(competition, provider)
    submit(competition, provider)
    services.withdraw_bid(
        invitation=competition.invitation(provider), by=owner_of(provider), at=timezone.now()
    )

    assert own(competition, provider).submitted is None
    assert own(competition, provider).draft["weekly_pence"] == PRICE
    with pytest.raises(Refused, match="There is no bid to withdraw"):
        services.withdraw_bid(
            invitation=competition.invitation(provider), by=owner_of(provider), at=timezone.now()
        )


def test_a_provider_no_longer_admitted_cannot_bid(competition, provider):
    edit(competition, provider)
    Admission.objects.filter(provider=provider).update(ended_on=timezone.localdate())

    with pytest.raises(Refused, match="not admitted to this lot"):
        submit(competition, provider)


# ── What is refused stays on record ──────────────────────────────────────────────────────────


def test_t5_a_refused_submission_is_evidence_that_only_its_provider_sees(competition, provider):
    edit(competition, provider, answers={"1": "", "2": "Text"}, pence=None)
    trail = AuditEvent.objects.count()
    with pytest.raises(Refused) as refusal:
        submit(competition, provider)

    [kept] = services.own_attempts(competition.invitation(provider))
    assert (kept.by_ref, tuple(kept.reasons)) == (owner_of(provider).ref, refusal.value.reasons)
    assert abs(kept.at - timezone.now()) < timedelta(minutes=1)
    assert own(competition, provider).draft["answers"] == {"1": "", "2": "Text"}
    assert not SubmissionAttempt.objects.exists()
    assert AuditEvent.objects.count() == trail
    assert services.own_attempts(competition.invitation(competition.providers[1])) == []


def test_t5_attempts_stay_through_drafts_bids_and_withdrawals(competition, provider):
    for _ in range(2):
        with pytest.raises(Refused):
            submit(competition, provider)
    edit(competition, provider)
    submit(competition, provider)
    services.withdraw_bid(
        invitation=competition.invitation(provider), by=owner_of(provider), at=timezone.now()
    )

    assert len(services.own_attempts(competition.invitation(provider))) == 2


def test_t5_where_the_own_copy_is_full_the_oldest_attempts_make_room(competition, provider):
    invitation = competition.invitation(provider)
    old = {"at": timezone.now().isoformat(), "by": "U-22222222", "reasons": ["x" * 20_450]}
    held = own(competition, provider)
    bids.keep(invitation, draft=held.draft, bid=None, attempts=[old] * 3)

    with pytest.raises(Refused) as refusal:
        submit(competition, provider)

    found = services.own_attempts(competition.invitation(provider))
    assert len(found) == 3
    assert tuple(found[-1].reasons) == refusal.value.reasons


def test_t5_a_late_submission_is_a_row_and_leaves_the_box_untouched(competition, provider):
    edit(competition, provider)
    before = bytes(competition.invitation(provider).own_copy)
    with pytest.raises(Refused, match="The deadline for bids has passed"):
        submit(competition, provider, at=competition.closes_at)

    row = SubmissionAttempt.objects.get()
    assert (row.provider, row.at, row.reasons) == (
        provider,
        competition.closes_at,
        ["The deadline for bids has passed."],
    )
    assert bytes(competition.invitation(provider).own_copy) == before
    assert AuditEvent.objects.get(action="submission.refused").subject_ref == str(row)
    auditor, officer = UserFactory(roles=[Role.AUDITOR]), competition.officer
    seen = [SubmissionAttempt.objects.visible_to(one).count() for one in (auditor, officer)]
    assert seen == [0, 0]
    assert SubmissionAttempt.objects.visible_to(owner_of(provider)).get() == row


def test_t5_attempts_come_to_light_with_the_opening():
    one = Competition()
    one.published()
    first = one.providers[0]
    bids.note_attempt(
        one.invitation(first),
        services.own_bid(one.invitation(first)),
        ["The weekly price is missing."],
        by=owner_of(first),
        at=one.published_at + timedelta(days=1),
    )
    one.bid_all(90_000, 95_000)
    one.declare(one.officer, one.commissioner, *one.evaluators)
    assert not SubmissionAttempt.objects.exists()
    for officer in (one.commissioner, one.officer):
        services.open_bids(tender=one.tender, by=officer, at=one.now)

    row = SubmissionAttempt.objects.visible_to(one.officer).get()
    assert (row.provider, row.by_ref) == (first, owner_of(first).ref)
    assert row.at == one.published_at + timedelta(days=1)
    assert not SubmissionAttempt.objects.visible_to(one.evaluators[0]).exists()
    assert [each.pk for each in services.own_attempts(one.invitation(first))] == [row.pk]
    assert AuditEvent.objects.get(action="bids.opened").facts["refused_attempts"] == 1


# ── The deadline ─────────────────────────────────────────────────────────────────────────────


def test_the_last_moment_is_in_time_and_the_deadline_is_not(competition, provider):
    edit(competition, provider)
    with pytest.raises(Refused, match="The deadline for bids has passed"):
        submit(competition, provider, at=competition.closes_at)
    submit(competition, provider, at=competition.closes_at - timedelta(microseconds=1))

    assert own(competition, provider).submitted_at == competition.closes_at - timedelta(
        microseconds=1
    )


def test_lateness_is_judged_by_the_database_whatever_the_caller_says(competition, provider):
    edit(competition, provider)
    closes_at = timezone.now() + timedelta(seconds=0.5)
    Tender.objects.update(closes_at=closes_at)
    early = timezone.now() - timedelta(days=1)
    submit(competition, provider, at=early)
    assert own(competition, provider).submitted_at < closes_at
    time.sleep(0.6)

    late = "The deadline for bids has passed"
    with pytest.raises(Refused, match=late):
        edit(competition, provider, pence=1, at=early)
    with pytest.raises(Refused, match=late):
        services.withdraw_bid(
            invitation=competition.invitation(provider), by=owner_of(provider), at=early
        )
    assert own(competition, provider).submitted is not None

"""Tenders at any point of their journey, made by the services themselves."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from dps_portal.accounts.roles import Role
from providers.models import (
    Admission,
    Application,
    Declaration,
    LotApplication,
    Membership,
    Provider,
    Rate,
)
from tenders import services
from tenders.models import Invitation, PeriodAnswer, Response, ShorterPeriod, Tender
from tenders.services import bids
from tenders.states import TenderState

from .accounts import UserFactory
from .agreements import LotFactory

NEXT_NUMBER = iter(range(20_000, 10**9))
CRITERIA = [
    {"name": "Safety", "weight": 40, "question": "How do you keep people safe?", "word_limit": 100},
    {"name": "Outcomes", "weight": 20, "question": "What do people achieve?", "word_limit": 50},
]

CHOSEN = {  # on the page of a draft, what is chosen before anybody chooses
    "price_formula": "LOWEST_RATIO",
    "low_price_percent": "20",
    "ceiling_rule": "REJECT",
    "award_basis": "SINGLE",
    "tie_break": "QUALITY",
    "rounding": "NONE",
}


def provider_on(lot, *, name="Harbour House", list_pence=100_000, roles=(Role.PROVIDER_OWNER,)):
    """A provider admitted to the lot with one price on its list, and one member for each role."""
    provider = Provider.objects.create(
        name=name, company_number=f"{next(NEXT_NUMBER):08}", registered_at=timezone.now()
    )
    for role in roles:
        Membership.objects.create(
            provider=provider,
            user=UserFactory(roles=[role]),
            is_owner=role == Role.PROVIDER_OWNER,
            joined_at=timezone.now(),
        )
    owner = provider.memberships.first().user
    application = Application.objects.create(
        provider=provider, agreement=lot.agreement, started_by=owner, started_at=timezone.now()
    )
    Declaration.objects.create(
        provider=provider,
        application=application,
        has_grounds=False,
        declared_by_name="Owner",
        declared_by=owner,
        declared_at=timezone.now(),
    )
    Admission.objects.create(
        provider=provider,
        lot=lot,
        lot_application=LotApplication.objects.create(application=application, lot=lot),
        admitted_on=date(2022, 4, 1),
    )
    Rate.objects.create(
        provider=provider,
        lot=lot,
        effective_from=date(2022, 4, 1),
        weekly_pence=list_pence,
        source="price_list",
    )
    return provider


def owner_of(provider):
    return provider.memberships.get(is_owner=True).user


def asked_for_shorter_time(provider, *, by) -> PeriodAnswer:
    """Whether the provider agrees to the closing time of the one draft there is."""
    tender = Tender.objects.get(state=TenderState.DRAFT)
    period, _ = ShorterPeriod.objects.get_or_create(
        tender=tender,
        lot=tender.lot,
        closes_at=tender.closes_at,
        usual_until=tender.closes_at + timedelta(days=3),
        reason="A place is needed soon.",
        asked_by=by,
        asked_at=tender.drafted_at,
    )
    return PeriodAnswer.objects.create(period=period, provider=provider)


def address_of(answer: PeriodAnswer) -> dict:
    return {"reference": answer.period.tender.reference, "pk": answer.pk}


class Competition:
    """One tender from draft to award, with its people; each step takes those before it.

    It was published three weeks ago. Bids are sealed as of then, so that the close can lie on
    either side of the database's own clock, which no test can move.
    """

    def __init__(self, *, lot=None, providers=2, closes_in=timedelta(days=-1)):
        self.lot = lot or LotFactory()
        self.drafter = UserFactory(roles=[Role.PROCUREMENT], name="Drafter")
        self.officer = UserFactory(roles=[Role.PROCUREMENT], name="Officer")
        self.commissioner = UserFactory(roles=[Role.COMMISSIONER], name="Commissioner")
        self.evaluators = [UserFactory(roles=[Role.EVALUATOR]) for _ in range(2)]
        self.moderator = UserFactory(roles=[Role.MODERATOR])
        self.providers = [
            provider_on(self.lot, name=f"Provider {number}") for number in range(1, providers + 1)
        ]
        self.now = timezone.now()
        self.published_at = self.now - timedelta(days=21)
        self.closes_at = self.now + closes_in
        self.contract = (
            timezone.localdate(self.now) + timedelta(days=60),
            timezone.localdate(self.now) + timedelta(days=425),
        )

    def terms(self, **facts) -> dict:
        return {
            "lot": self.lot,
            "title": "Rehabilitation places",
            "need": "Ten places for people with standard needs.",
            "contract_start": self.contract[0],
            "contract_end": self.contract[1],
            "closes_at": self.closes_at,
            "price_weight": 40,
            "score_scale_max": 5,
            "minimum_question_score": None,
            "evaluators": self.evaluators,
            "moderator": self.moderator,
        } | facts

    def drafted(self, **facts) -> Tender:
        tender = services.create_tender(
            **self.terms(**facts), by=self.drafter, at=self.published_at
        )
        return services.set_criteria(
            tender=tender, criteria=CRITERIA, by=self.drafter, at=self.published_at
        )

    def published(self, **facts) -> Tender:
        self.tender = services.publish_tender(
            tender=self.drafted(**facts), by=self.officer, at=self.published_at
        )
        return self.tender

    def invitation(self, provider) -> Invitation:
        rows = Invitation.objects.select_related("tender__lot__agreement", "provider")
        return rows.get(tender=self.tender, provider=provider)

    def draft_bid(
        self, provider, *, answer="We do it well.", pence=90_000, **besides
    ) -> Invitation:
        """Keeps a draft as of the past, by the same way as the service."""
        invitation = self.invitation(provider)
        draft = {
            "answers": {str(place): f"{answer} {place}" for place in range(1, len(CRITERIA) + 1)},
            "weekly_pence": pence,
            **besides,
        }
        bids.keep(invitation, draft=draft, bid=services.own_bid(invitation).submitted)
        return invitation

    def bid(self, provider, *, at: datetime | None = None, **facts) -> Invitation:
        invitation = self.draft_bid(provider, **facts)
        return services.seal_bid(
            invitation=invitation,
            by=owner_of(provider),
            at=at or self.published_at + timedelta(days=1),
        )

    def bid_all(self, *pence) -> Tender:
        for provider, price in zip(self.providers, pence, strict=True):
            self.bid(provider, pence=price)
        return self.tender

    def declare(self, *people, has_interest=False):
        for person in people:
            services.declare_interest(
                tender=self.tender,
                has_interest=has_interest,
                details="A friend works there." if has_interest else "",
                by=person,
                at=self.now,
            )

    def opened(self, *pence, **facts) -> Tender:
        """Two bids, at £900 and £950 a week unless told, opened by the two officers."""
        self.published(**facts)
        self.bid_all(*(pence or (90_000, 95_000)))
        self.declare(self.officer, self.commissioner)
        services.open_bids(tender=self.tender, by=self.commissioner, at=self.now)
        self.tender = services.open_bids(tender=self.tender, by=self.officer, at=self.now)
        return self.tender

    def responses(self):
        rows = Response.objects.select_related("bid__tender", "bid__provider", "criterion")
        return rows.filter(bid__tender=self.tender).in_order()

    def scored(self, *pence, points=4, **facts) -> Tender:
        self.opened(*pence, **facts)
        self.declare(*self.evaluators, self.moderator)
        for evaluator in self.evaluators:
            for response in self.responses():
                self.score(response, evaluator, points=points)
        self.tender.refresh_from_db()
        return self.tender

    def score(self, response, evaluator, *, points=4):
        return services.score_response(
            response=response,
            points=points,
            reason="Clear and complete.",
            by=evaluator,
            at=self.now,
        )

    def moderate(self, response, *, points=4, reason="Agreed after discussion."):
        return services.moderate_response(
            response=response, points=points, reason=reason, by=self.moderator, at=self.now
        )

    def moderated(self, *pence, agreed=None, **facts) -> Tender:
        """``agreed``: points by the provider's name, 4 unless told."""
        self.scored(*pence, **facts)
        for response in self.responses():
            self.moderate(response, points=(agreed or {}).get(response.bid.provider.name, 4))
        return self.tender

    def locked(self, *pence, **facts) -> Tender:
        self.moderated(*pence, **facts)
        self.tender = services.lock_quality(tender=self.tender, by=self.officer, at=self.now)
        return self.tender

    def first(self):
        return services.ranking(self.tender)[0].bid

    def recommended(self, *pence, **facts) -> Tender:
        self.locked(*pence, **facts)
        services.recommend_award(
            tender=self.tender,
            bids=[self.first()],
            reason="Ranked first.",
            by=self.officer,
            at=self.now,
        )
        self.tender.refresh_from_db()
        return self.tender

    def awarded(self, *pence, **facts):
        self.recommended(*pence, **facts)
        [contract] = self.approve()
        return contract

    def approve(self, **facts):
        return services.approve_award(
            tender=self.tender,
            **{
                "consulted_with": "Councillor Dale, Cabinet Member",
                "consultation": "The Cabinet Member agreed.",
                "alternatives": "To abandon the tender; the need goes on.",
                "consulted_on": timezone.localdate(self.now),
                "by": self.commissioner,
                "at": self.now,
            }
            | facts,
        )

    def in_standstill(self, *pence, **facts) -> Tender:
        self.recommended(*pence, **facts)
        self.approve(with_standstill=True)
        self.tender.refresh_from_db()
        return self.tender

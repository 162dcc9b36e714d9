"""Referrals and placements at any point of their journey, made by the services themselves."""

from datetime import UTC, date, datetime, timedelta

from dps_portal.accounts.roles import Role
from dps_portal.agreements.placing import SETTINGS
from dps_portal.agreements.services import set_placement_settings
from placements import services
from placements.models import BudgetYear, Placement, Referral
from placements.states import Charging, Complexity, RequestKind, RequestState, Residence, Urgency
from providers.models import (
    Admission,
    Application,
    LotApplication,
    Membership,
    Provider,
    Rate,
)

from .accounts import UserFactory
from .agreements import LotFactory

AT = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
PLANNED = date(2026, 6, 10)
DRAFT = {
    "source": "Community team",
    "received_on": date(2026, 4, 15),
    "urgency": Urgency.ROUTINE,
    "urgency_reason": "",
    "needs_summary": "Needs a residential programme.",
    "home_circumstances": "Lives alone.",
    "complexity": [Complexity.DUAL_DIAGNOSIS],
    "has_consent": True,
    "consent_on": date(2026, 4, 15),
    "community_options_tried": "Community detoxification.",
}
ASSESSMENT = {
    "care_act_assessed_on": date(2026, 4, 20),
    "clinical_review_on": date(2026, 4, 22),
    "care_act_eligible": True,
    "care_act_reason": "Two outcomes cannot be achieved at home.",
    "clinical_review_by": "Consultant psychiatrist",
    "clinical_review": "A programme is clinically indicated.",
    "residence": Residence.OURS,
    "charging": Charging.PUBLIC_HEALTH,
    "weekly_contribution_pence": None,
    "desired_outcomes": "A year of sobriety.",
}
REASONS = {
    "planned": "completed_drug_free",
    "unplanned": "dropped_out",
    "withdrawn_by_provider": "withdrawn",
    "excluded": "died",
}
NEXT_NUMBER = iter(range(10_000, 10**9))


def council(**limits) -> dict:
    """One person a role, as ``{"assessor": …, "manager": …}``."""
    return {
        "assessor": UserFactory(roles=[Role.ASSESSOR]),
        "manager": UserFactory(
            roles=[Role.ASSESSMENT_MANAGER], approval_limit_pence=limits.get("manager", 10**9)
        ),
        "commissioner": UserFactory(
            roles=[Role.COMMISSIONER], approval_limit_pence=limits.get("commissioner", 10**9)
        ),
        "finance": UserFactory(roles=[Role.FINANCE]),
    }


def provider_on(lot, *, weekly_pence=84_500, name="Harbour House", since=date(2022, 4, 1)):
    """A provider admitted to the lot with one price, and its owner."""
    owner = UserFactory(roles=[Role.PROVIDER_OWNER])
    number = next(NEXT_NUMBER)
    provider = Provider.objects.create(name=name, company_number=f"{number:08}", registered_at=AT)
    Membership.objects.create(provider=provider, user=owner, is_owner=True, joined_at=AT)
    admit(provider, lot, since=since, owner=owner)
    Rate.objects.create(
        provider=provider,
        lot=lot,
        effective_from=since,
        weekly_pence=weekly_pence,
        source="price_list",
    )
    return provider


def admit(provider, lot, *, since, owner):
    application, _ = Application.objects.get_or_create(
        provider=provider,
        agreement=lot.agreement,
        defaults={"started_by": owner, "started_at": AT},
    )
    lot_application = LotApplication.objects.create(application=application, lot=lot)
    Admission.objects.create(
        provider=provider, lot=lot, lot_application=lot_application, admitted_on=since
    )


def owner_of(provider):
    return provider.memberships.get().user


class Journey:
    """One person's way from referral to exit; each step takes those before it."""

    def __init__(self, *, lot=None, provider=None, people=None, planned=PLANNED, at=AT):
        self.lot = lot or LotFactory()
        self.provider = provider or provider_on(self.lot)
        self.people = people or council()
        self.planned = planned
        self.at = at

    @property
    def agreement(self):
        return self.lot.agreement

    def budget(self, **ceilings):
        """``budget(y2026=27_000_000)``."""
        for year, pence in ceilings.items():
            BudgetYear.objects.create(
                agreement=self.agreement, year=int(year[1:]), ceiling_pence=pence
            )
        return self

    def empty_draft(self, **facts) -> Referral:
        return services.make_referral(
            **{
                "agreement": self.agreement,
                "number": f"SC{next(NEXT_NUMBER)}",
                "name": "Alex Example",
                "date_of_birth": date(1980, 2, 29),
                "by": self.people["assessor"],
                "at": self.at,
            }
            | facts
        )

    def draft(self, **facts) -> Referral:
        """One whose sections are complete."""
        begun = {key: facts.pop(key) for key in set(facts) - set(DRAFT)}
        referral = self.empty_draft(**begun)
        return services.save_answers(
            referral=referral, answers=DRAFT | facts, by=referral.created_by, at=self.at
        )

    def submitted(self) -> Referral:
        by = self.people["assessor"]
        return services.submit_referral(referral=self.draft(), by=by, at=self.at)

    def assessing(self) -> Referral:
        return self.submit_and_allocate(self.draft())

    def assessed(self, **answers) -> Referral:
        """The assessment is complete, and nothing decided."""
        return self.fill_assessment(self.assessing(), **answers)

    def fill_assessment(self, referral, **answers) -> Referral:
        return services.save_answers(
            referral=referral,
            answers=ASSESSMENT
            | {
                "care_act_assessed_on": (self.at - timedelta(days=11)).date(),
                "clinical_review_on": (self.at - timedelta(days=9)).date(),
                "lot": self.lot,
            }
            | answers,
            by=self.people["assessor"],
            at=self.at,
        )

    def assess(self, referral, **answers) -> Referral:
        return services.record_eligible(
            referral=self.fill_assessment(referral, **answers),
            by=self.people["assessor"],
            at=self.at,
        )

    def submit_and_allocate(self, referral) -> Referral:
        by = self.people
        services.submit_referral(referral=referral, by=by["assessor"], at=self.at)
        return services.allocate_referral(
            referral=referral, worker=by["assessor"], by=by["manager"], at=self.at
        )

    def eligible(self) -> Referral:
        return self.assess(self.assessing())

    def not_eligible(self, referral=None) -> Referral:
        """Recorded by the assessor, and to be countersigned."""
        return services.record_not_eligible(
            referral=referral or self.assessing(),
            reason="No need found",
            by=self.people["assessor"],
            at=self.at,
        )

    def countersign(self, referral, *, agrees=True, reason="", by=None) -> Referral:
        by = by or self.people["manager"]
        return services.countersign_referral(
            referral=referral, agrees=agrees, reason=reason, by=by, at=self.at
        )

    def assess_not_eligible(self, referral) -> Referral:
        return self.countersign(self.not_eligible(referral))

    def hold(self, referral, **facts) -> Referral:
        return services.hold_referral(
            **{
                "referral": referral,
                "reason": "In hospital for a fortnight",
                "review_on": date(2026, 5, 20),
                "by": self.people["assessor"],
                "at": self.at,
            }
            | facts
        )

    def on_hold(self) -> Referral:
        return self.hold(self.eligible())

    def withdraw(self, referral, why="changed_mind", *, details="", at=None) -> Referral:
        return services.withdraw_referral(
            referral=referral,
            why=why,
            details=details,
            by=self.people["assessor"],
            at=at or self.at,
        )

    def reopen(self, referral, **facts) -> Referral:
        return services.reopen_referral(
            **{
                "referral": referral,
                "reason": "Came back",
                "by": self.people["manager"],
                "at": self.at,
            }
            | facts
        )

    def matching(self) -> Referral:
        return services.start_matching(
            referral=self.assess(self.assessing()), by=self.people["assessor"], at=self.at
        )

    def choose(self, referral, **facts) -> Placement:
        return services.choose_option(
            **{
                "referral": referral,
                "provider": self.provider,
                "planned_admission": self.planned,
                "person_choice": "Wants to be near the sea.",
                "why_not_cheapest": "Nearest to family.",
                "by": self.people["assessor"],
                "at": self.at,
            }
            | facts
        )

    def offered(self) -> Placement:
        return self.choose(self.matching())

    def accept(self, placement) -> Placement:
        return self.answer(placement)

    def answer(self, placement, **facts) -> Placement:
        return services.answer_offer(
            **{
                "placement": placement,
                "accepts": True,
                "earliest_admission": self.planned,
                "decline_kind": "",
                "reason": "",
                "by": owner_of(self.provider),
                "at": self.at,
            }
            | facts
        )

    def decline(self, placement, **facts) -> Placement:
        return self.answer(
            placement,
            **{
                "accepts": False,
                "earliest_admission": None,
                "decline_kind": "no_place",
                "reason": "No bed.",
            }
            | facts,
        )

    def accepted(self) -> Placement:
        return self.accept(self.offered())

    def request(self, placement):
        return services.request_funding(
            placement=placement, reason="Agreed.", by=self.people["assessor"], at=self.at
        )

    def requested(self):
        return self.request(self.accepted())

    def fund(self, placement) -> Placement:
        return self.decide(self.request(self.accept(placement))).placement

    def decide(self, request, decision=RequestState.APPROVED, *, reason="", by=None):
        return services.decide_funding(
            request=request,
            decision=decision,
            reason=reason,
            by=by or self.people["manager"],
            at=self.at,
        )

    def approved(self) -> Placement:
        return self.fund(self.offered())

    def admitted(self, admission=None) -> Placement:
        admission = admission or self.planned
        return services.record_admission(
            placement=self.approved(),
            admission=admission,
            by=self.people["assessor"],
            at=noon(admission),
        )

    def offer_transfer(self, placement, provider, planned) -> Placement:
        """Offered to another provider, beside the placement in which the person is."""
        return self.choose(placement.referral, provider=provider, planned_admission=planned)

    def prepare_transfer(self, placement, provider, planned) -> Placement:
        """Accepted and funded there."""
        offer = self.offer_transfer(placement, provider, planned)
        offer = self.answer(offer, earliest_admission=planned, by=owner_of(provider))
        return self.decide(self.request(offer)).placement

    def arrive(self, placement, day) -> Placement:
        return services.record_admission(
            placement=placement, admission=day, by=self.people["assessor"], at=noon(day)
        )

    def ask(self, placement, kind, *, on=None, **asked):
        """A request of any kind; ``on`` is the day on which it is made."""
        return services.request_funding(
            placement=placement,
            kind=kind,
            **asked,
            reason="It is needed.",
            by=self.people["assessor"],
            at=noon(on) if on else self.at,
        )

    def extension(self, placement, end):
        return self.ask(placement, RequestKind.EXTENSION, end=end)

    def leave(self, placement, day, *, status="planned", notice_nights=0, **facts):
        return services.record_exit(
            **{
                "placement": placement,
                "day": day,
                "status": status,
                "reason": REASONS[status],
                "destination": "Own home",
                "aftercare_agreed": True,
                "notice_nights": notice_nights,
                "by": self.people["assessor"],
                "at": noon(day),
            }
            | facts
        )


def settle(agreement, **changed):
    """Change settings of the agreement as a commissioner does."""
    now = {one.name: getattr(agreement, one.name) for one in SETTINGS}
    set_placement_settings(
        agreement=agreement,
        values=now | changed,
        reason="Agreed by the board.",
        by=UserFactory(roles=[Role.COMMISSIONER]),
        at=AT,
    )
    agreement.refresh_from_db()


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

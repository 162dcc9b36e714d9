"""Invented providers and their applications: admitted ones, and one in each other state."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Agreement
from providers import services
from providers.models import Application, Provider
from providers.states import (
    ApplicationState,
    Criterion,
    EvidenceKind,
    ExtensionGround,
    Finding,
    Outcome,
)

from .days import noon
from .papers import paper
from .people import make_person

# Weekly pence by lot number, before each provider's own spread.
BASE_PRICES = {1: 62_000, 2: 82_500, 3: 109_500}
SPREAD = 11_000
DESCRIPTION = (
    "A twelve-week residential programme of group and individual work, with a named key worker, "
    "family sessions, physical health checks and an aftercare plan agreed before anyone leaves."
)
QUESTIONS = {
    "returned": "Does the weekly price include the aftercare that you describe?",
    "questioned": "Who leads the programme while the registered manager is away?",
}
INVOLVED = timedelta(days=3)


@dataclass(frozen=True)
class Firm:
    """``round`` is the round in which it applied; ``lots`` are lot numbers."""

    name: str
    round: int
    lots: tuple[int, ...]
    ends_as: str = "admitted"


FIRMS = (
    Firm("Harbourlight Recovery", 1, (1, 2, 3)),
    Firm("Alderbeck House", 1, (1, 2)),
    Firm("Quayside Steps", 1, (1,)),
    Firm("Fernhollow Trust", 1, (1, 2)),
    Firm("Millrace Programme", 1, (2, 3)),
    Firm("Saltmarsh Retreat", 1, (1,)),
    Firm("Larkrise Residential", 1, (1, 2, 3)),
    Firm("Tidewater Foundation", 1, (3,)),
    Firm("Copperfield Lodge", 1, (1,)),
    Firm("Juniper Bank", 2, (1, 2)),
    Firm("Stonebridge Renewal", 2, (2, 3)),
    Firm("Windmill Farmstead", 2, (1,)),
    Firm("Kestrel Heights", 3, (1, 2)),
    Firm("Oakapple Community", 3, (1, 3)),
    Firm("Sandpiper Court", 3, (3,), "refused"),
    Firm("Brackenfold Recovery", 4, (1,), "draft"),
    Firm("Silverdale Steps", 4, (1, 2), "submitted"),
    Firm("Rookery Place", 4, (2,), "recommended"),
    Firm("Pebblecombe House", 4, (3,), "refused"),
    Firm("Thistledown Centre", 4, (1,), "withdrawn"),
    Firm("Gorsefield House", 4, (1,), "returned"),
    Firm("Wheatear Lodge", 4, (1,), "questioned"),
    Firm("Heronsgate House", 4, (2,), "extended"),
)


def domain(name: str) -> str:
    return f"{name.lower().replace(' ', '-')}.example"


def register(number: int, firm: Firm, at: datetime) -> tuple[Provider, User]:
    """The organisation with its owner and one member."""
    owner = make_person(f"owner@{domain(firm.name)}", f"Owner of {firm.name}")
    member = make_person(f"member@{domain(firm.name)}", f"Member of {firm.name}")
    provider = services.register_provider(
        name=firm.name,
        company_number=f"{99_000_000 + number}",
        charity_number=None,
        cqc_provider_id=f"1-99000{number:05d}",
        by=owner,
        at=at,
    )
    services.add_member(provider=provider, user=member, is_owner=False, by=owner, at=at)
    return provider, owner


def fill_in(
    application: Application, name: str, random: Random, *, by: User, today: date, at: datetime
) -> None:
    services.save_location(
        application=application,
        cqc_location_id=f"{application.provider.cqc_provider_id}1",
        name=name,
        postcode="ZZ99 3VZ",
        by=by,
        at=at,
    )
    services.save_declaration(
        application=application,
        grounds=[],
        declared_by_name=by.name,
        by=by,
        at=at,
    )
    services.save_details(
        application=application,
        address=f"{name}, 1 Harbour Road, Northhaven",
        turnover_pence=None,
        by=by,
        at=at,
    )
    for number, kind in enumerate(EvidenceKind):
        services.save_evidence(
            application=application,
            kind=kind,
            name=f"{kind}.pdf",
            content=paper(kind.label, name),
            expires_on=today + timedelta(days=90 + 40 * number),
            by=by,
            at=at,
        )
    for one in application.lots.select_related("lot").order_by("lot__number"):
        price = BASE_PRICES[one.lot.number] + random.randrange(SPREAD)
        services.save_lot(
            lot_application=one,
            service_description=DESCRIPTION,
            weekly_pence=price - price % 50,
            locations=application.held_locations(),
            by=by,
            at=at,
        )


def judge(application: Application, firm: Firm, council: dict[Role, list[User]], at: datetime):
    """Assessed and recommended by procurement; decided by a commissioner unless it waits."""
    fails = firm.ends_as == "refused"
    outcome = Outcome.REFUSED if fails else Outcome.ADMITTED
    reason = (
        "The programme described has no nurse on site at night, which the lot requires."
        if fails
        else "Every criterion of the lot is met."
    )
    for role in (Role.PROCUREMENT, Role.COMMISSIONER):
        services.declare_interest(
            application=application, has_conflict=False, details="", by=council[role][0], at=at
        )
    for lot in application.lots.order_by("lot__number"):
        services.record_assessment(
            lot_application=lot,
            findings={
                criterion: (
                    Finding.NOT_MET if fails and criterion == Criterion.SERVICE else Finding.MET,
                    reason,
                )
                for criterion in Criterion
            },
            by=council[Role.PROCUREMENT][0],
            at=at,
        )
        services.recommend_lot(
            lot_application=lot,
            outcome=outcome,
            reason=reason,
            by=council[Role.PROCUREMENT][0],
            at=at,
        )
        if firm.ends_as != "recommended":
            services.decide_lot(
                lot_application=lot,
                outcome=outcome,
                reason=reason,
                by=council[Role.COMMISSIONER][0],
                at=at + INVOLVED,
            )


def look_into(application: Application, ends_as: str, by: User, at: datetime) -> None:
    """A review that has begun and is not through yet."""
    services.declare_interest(application=application, has_conflict=False, details="", by=by, at=at)
    if ends_as == "extended":
        services.extend_decision(
            application=application,
            ground=ExtensionGround.DOCUMENTS,
            reason="The inspection report names a condition that must be looked at.",
            by=by,
            at=at,
        )
    else:
        services.ask_clarification(
            application=application,
            lot_application=application.lots.first(),
            question=QUESTIONS[ends_as],
            due_on=services.usual_answer(application, at),
            asks_correction=ends_as == ApplicationState.RETURNED,
            by=by,
            at=at,
        )


def apply(number: int, firm: Firm, agreement: Agreement, *, council, random: Random, today: date):
    """One firm's way from registration to whatever it ends as; returns provider and owner."""
    opened = agreement.rounds.order_by("opens_at")[firm.round - 1].opens_at
    at = opened + timedelta(days=1)
    provider, owner = register(number, firm, at)
    application = services.start_application(
        provider=provider,
        agreement=agreement,
        lots=agreement.lots.filter(number__in=firm.lots),
        by=owner,
        at=at,
    )
    fill_in(application, firm.name, random, by=owner, today=today, at=at)
    if firm.ends_as != ApplicationState.DRAFT:
        application = services.submit_application(application=application, by=owner, at=at)
    if firm.ends_as == ApplicationState.WITHDRAWN:
        services.withdraw_application(application=application, by=owner, at=at + INVOLVED)
    elif firm.ends_as in {*QUESTIONS, "extended"}:
        officer, yesterday = council[Role.PROCUREMENT][0], noon(today - timedelta(days=1))
        look_into(application, firm.ends_as, officer, yesterday)
    elif firm.ends_as in {"admitted", "recommended", "refused"}:
        judge(application, firm, council, at + INVOLVED)
    return provider, owner


def make_market(
    agreement: Agreement, council: dict[Role, list[User]], random: Random, today: date
) -> dict[int, User]:
    """Every firm, in order; the owner of each provider by its primary key."""
    return {
        provider.pk: owner
        for provider, owner in (
            apply(number, firm, agreement, council=council, random=random, today=today)
            for number, firm in enumerate(FIRMS, start=1)
        )
    }

"""Organisations and applications at any point of their journey, made by the services."""

from datetime import UTC, date, datetime

import factory

from dps_portal.accounts.roles import Role
from providers import services
from providers.models import Application, LotApplication, Provider
from providers.states import OPTIONAL_EVIDENCE, Criterion, EvidenceKind, Finding, Outcome

from .accounts import UserFactory
from .agreements import LotFactory

AT = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)  # a Tuesday
PDF = b"%PDF-1.7\nA certificate."
EXPIRES = date(2027, 6, 30)


class ProviderFactory(factory.django.DjangoModelFactory):
    """An organisation without people; ``provider_with_owner`` has one."""

    class Meta:
        model = Provider

    name = factory.Sequence(lambda n: f"Haven House {n}")
    company_number = factory.Sequence(lambda n: f"{20_000_000 + n}")
    registered_at = AT


def provider_with_owner(**facts) -> Provider:
    provider = ProviderFactory(**facts)
    owner = UserFactory()
    services.add_member(provider=provider, user=owner, is_owner=True, by=owner, at=AT)
    return provider


def owner_of(provider):
    return provider.people().get(memberships__is_owner=True)


def draft(*, lots=None, provider=None, at=AT) -> Application:
    """Nothing answered yet."""
    provider = provider or provider_with_owner()
    lots = lots or [LotFactory()]
    return services.start_application(
        provider=provider, agreement=lots[0].agreement, lots=lots, by=owner_of(provider), at=at
    )


def whole_draft(*, weekly_pence=84_500, at=AT, **facts) -> Application:
    """Every section answered."""
    application = draft(at=at, **facts)
    by = {"by": owner_of(application.provider), "at": at}
    services.save_location(
        application=application,
        cqc_location_id="1-100200300",
        name="Haven House",
        postcode="PR8 1AA",
        **by,
    )
    services.save_declaration(
        application=application,
        grounds=[],
        declared_by_name="Alex Owner",
        **by,
    )
    services.save_details(application=application, address="1 Quay Lane", turnover_pence=None, **by)
    for kind in EvidenceKind:
        if kind in OPTIONAL_EVIDENCE:
            continue
        services.save_evidence(
            application=application,
            kind=kind,
            name=f"{kind}.pdf",
            content=PDF,
            expires_on=EXPIRES,
            **by,
        )
    for lot_application in application.lots.all():
        services.save_lot(
            lot_application=lot_application,
            service_description="Twelve weeks of structured rehabilitation.",
            weekly_pence=weekly_pence,
            locations=application.held_locations(),
            **by,
        )
    return application


def submitted(*, at=AT, **facts) -> Application:
    application = whole_draft(at=at, **facts)
    return services.submit_application(
        application=application, by=owner_of(application.provider), at=at
    )


def reviewer(application, *roles, at=AT):
    """Somebody of the council who has declared no conflict of interest in the application."""
    person = UserFactory(roles=roles)
    return declared(application, person, at=at)


def declared(application, person, *, at=AT):
    if not application.interests.filter(person=person).exists():
        services.declare_interest(
            application=application, has_conflict=False, details="", by=person, at=at
        )
    return person


def assess(lot_application, *, by=None, at=AT, reason="Checked.", **findings) -> LotApplication:
    """Every criterion met, but for those named: ``assess(lot, price=Finding.NOT_MET)``."""
    return services.record_assessment(
        lot_application=lot_application,
        findings={
            criterion: (findings.get(criterion.value, Finding.MET), reason)
            for criterion in Criterion
        },
        by=declared(lot_application.application, by, at=at)
        if by
        else reviewer(lot_application.application, Role.PROCUREMENT, at=at),
        at=at,
    )


def recommended(*, outcome=Outcome.ADMITTED, at=AT, **facts) -> LotApplication:
    """The first lot, put to the commissioner."""
    lot_application = submitted(at=at, **facts).lots.first()
    refused = outcome == Outcome.REFUSED
    assess(lot_application, at=at, **({"service": Finding.NOT_MET} if refused else {}))
    return services.recommend_lot(
        lot_application=lot_application,
        outcome=outcome,
        reason="As assessed.",
        by=reviewer(lot_application.application, Role.PROCUREMENT, at=at),
        at=at,
    )


def decided(*, outcome=Outcome.ADMITTED, at=AT, **facts) -> LotApplication:
    lot_application = recommended(outcome=outcome, at=at, **facts)
    return services.decide_lot(
        lot_application=lot_application,
        outcome=outcome,
        reason="As recommended.",
        by=reviewer(lot_application.application, Role.COMMISSIONER, at=at),
        at=at,
    )

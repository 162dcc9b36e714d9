"""What oversight leaves behind: a verification, rates of invented towns, and quarterly returns."""

from datetime import date, timedelta

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Agreement
from dps_portal.agreements.rules import Quarter
from dps_portal.clock import financial_year, year_start
from dps_portal.reports import rules, scorecards, services
from placements.models import Placement
from providers.models import Admission, Provider

from .days import noon

TOWNS = ("Alderport", "Brackenford", "Coldmere", "Dunwick", "Eastholme", "Fernbridge")
QUARTERS = 4
SHORT_BY = 3  # nights that one return has fewer than our count


def make_oversight(agreement: Agreement, council: dict[Role, list[User]], today: date) -> None:
    import_rates(agreement, council[Role.PROCUREMENT][0], today)
    send_returns(agreement, today)
    services.verify_trail(by=council[Role.AUDITOR][0], at=noon(today - timedelta(days=1)))


def import_rates(agreement: Agreement, officer: User, today: date) -> None:
    """Each town a little dearer than the one before; one row has a fault and is left out."""
    start = year_start(financial_year(today))
    rows = ["authority,lot,weekly price,from"]
    for lot in agreement.lots.order_by("number"):
        base = lot.ceiling_weekly_pence * 7 // 10
        for place, town in enumerate(TOWNS):
            price = (base + place * base // 20) // 100
            rows.append(f"{town} Council,{lot.number},{price},{start}")
    rows.append(f"Greenmere Council,1,on request,{start}")
    services.import_rates(
        agreement=agreement,
        text="\n".join(rows),
        source="Decision records of six invented councils",
        obtained_on=start + timedelta(days=30),
        by=officer,
        at=noon(start + timedelta(days=31)),
    )


def send_returns(agreement: Agreement, today: date) -> None:
    """Of the last quarters, by each provider with people placed: one late, one a little short."""
    first = Quarter.of(today)
    quarters = []
    for _ in range(QUARTERS):
        first = Quarter.of(first.start - timedelta(days=1))
        quarters.append(first)
    busy = Placement.objects.filter(lot__agreement=agreement, admission__isnull=False)
    providers = Provider.objects.filter(pk__in=busy.values("provider")).order_by("pk")
    stayed = {
        (card.provider.pk, card.quarter): card.nights
        for card in scorecards.cards(agreement, providers, quarters, today)
    }
    for place, provider in enumerate(providers):
        for quarter in quarters:
            held = Admission.objects.filter(provider=provider, lot__agreement=agreement)
            day = rules.return_due(quarter.last_day) - timedelta(days=1)
            if place == 1 and quarter == quarters[0]:
                day += timedelta(days=5)
            if held.held_in(quarter.start, quarter.last_day).exists() and day < today:
                nights = stayed[provider.pk, quarter]
                if place == 0 and quarter == quarters[0]:
                    nights = max(nights - SHORT_BY, 0)
                facts = {"provider": provider, "agreement": agreement, "quarter": quarter}
                send(facts, nights, staff_vacancies=place % 3 % 2, on=day)


def send(facts: dict, nights: int, *, staff_vacancies: int, on: date) -> None:
    provider = facts["provider"]
    owner = provider.people().order_by("pk").first()
    figures = {
        "nights_stayed": nights,
        "complaints": 0,
        "safeguarding_concerns": 0,
        "serious_incidents": 0,
        "staff_vacancies": staff_vacancies,
    }
    services.submit_return(
        **facts,
        figures=figures,
        nothing_to_report=not any(figures.values()),
        comment="",
        reason="",
        by=owner,
        at=noon(on),
    )

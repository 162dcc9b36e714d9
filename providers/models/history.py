"""What has happened to a provider, read from the rows that the acts left behind."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from dps_portal import money
from dps_portal.clock import in_words
from providers.states import MeasureKind

from .admissions import Admission, Measure, Rate
from .declarations import DeclarationRequest
from .evidence import EvidenceDocument
from .lot_applications import LotApplication
from .organisations import Provider


@dataclass(frozen=True)
class Event:
    """On a day, or ``at`` a moment. ``by`` is somebody of the council; providers don't see it."""

    title: str
    on: date | None = None
    at: datetime | None = None
    by: str = ""
    text: str = ""

    def sort_key(self) -> datetime:
        return self.at or timezone.make_aware(datetime.combine(self.on, time.min))


def history_of(provider: Provider, day: date, *, is_own: bool) -> list[Event]:
    """Up to ``day``, the newest first; for its own people without what is the council's alone."""
    events = [
        Event("Organisation registered", at=provider.registered_at),
        *_applications(provider, is_own),
        *_measures(provider, day, is_own),
        *_declarations(provider),
        *_evidence(provider, is_own),
        *_prices(provider, day),
        *_endings(provider, day),
    ]
    return sorted(events, key=Event.sort_key)[::-1]


def _applications(provider: Provider, is_own: bool) -> list[Event]:
    submitted = provider.applications.exclude(submitted_at=None).order_by("submitted_at", "pk")
    decided = (
        LotApplication.objects.filter(application__provider=provider)
        .exclude(outcome="")
        .in_lot_order()
    )
    return [
        Event(f"Application {each.reference} submitted", at=each.submitted_at) for each in submitted
    ] + [
        Event(
            f"{each.lot}: {each.get_outcome_display().lower()}",
            at=each.decided_at,
            by="" if is_own else each.decided_by.name,
            text=each.outcome_reason,
        )
        for each in decided
    ]


def _measures(provider: Provider, day: date, is_own: bool) -> list[Event]:
    rows = Measure.objects.filter(provider=provider, is_approved=True).whole().order_by("pk")
    events = []
    for each in rows:
        term = f"from {in_words(each.from_on)}"
        if each.until_on:
            term += f" until {in_words(each.until_on)}"
        events.append(
            Event(
                f"{each.get_kind_display()} {term}: {each.lots()}",
                at=each.decided_at,
                by="" if is_own else each.decided_by.name,
                text=each.decision_reason,
            )
        )
        if each.until_on and each.until_on <= day and not _is_ended_early(each, rows):
            events.append(Event(f"Suspension over: {each.lots()}", on=each.until_on))
    return events


def _is_ended_early(suspension: Measure, measures) -> bool:
    lots = {each.pk for each in suspension.admissions.all()}
    return any(
        each.decided_at > suspension.decided_at
        and each.from_on < suspension.until_on
        and each.kind != MeasureKind.SUSPENSION
        and lots & {one.pk for one in each.admissions.all()}
        for each in measures
    )


def _declarations(provider: Provider) -> list[Event]:
    events = []
    for each in DeclarationRequest.objects.filter(provider=provider).order_by("pk"):
        title = f"Renewed declaration asked for, due by {in_words(each.due_on)}"
        events.append(Event(title, at=each.requested_at, text=each.reason))
        if each.answered_at:
            events.append(Event("Declaration renewed", at=each.answered_at))
    return events


def _evidence(provider: Provider, is_own: bool) -> list[Event]:
    events = []
    rows = EvidenceDocument.objects.filter(provider=provider, needs_check=True)
    for each in rows.select_related("checked_by").order_by("added_at", "pk"):
        kind = each.get_kind_display()
        events.append(Event(f"Document renewed: {kind}", at=each.added_at))
        if each.finding:
            events.append(
                Event(
                    f"Document {each.get_finding_display().lower()}: {kind}",
                    at=each.checked_at,
                    by="" if is_own else each.checked_by.name,
                    text=each.finding_reason,
                )
            )
    return events


def _prices(provider: Provider, day: date) -> list[Event]:
    return [
        Event(
            f"Weekly price of {each.lot}: {money.gbp(each.weekly_pence)}",
            on=each.effective_from,
            text=each.get_source_display(),
        )
        for each in Rate.objects.filter(provider=provider, effective_from__lte=day).by_lot()
    ]


def _endings(provider: Provider, day: date) -> list[Event]:
    rows = Admission.objects.filter(provider=provider, ended_on__lte=day).in_lot_order()
    return [
        Event(f"Admission ended: {each.lot}", on=each.ended_on, text=each.end_reason)
        for each in rows
    ]

"""Renewed declarations: asked for, answered, reminded of, and asked for again after a year."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.agreements.models import Agreement
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from providers import rules
from providers.models import Admission, Declaration, DeclarationRequest, Provider

from .admissions import council, lock_provider, tell
from .declarations import make_declaration, take_over_grounds


@dataclass(frozen=True)
class Standing:
    """How a provider stands with its declaration: the newest one, and a request not answered."""

    provider: Provider
    declared_at: datetime | None
    live_grounds: int
    asked: DeclarationRequest | None


YEARLY = "A year has passed since your last declaration."


def providers_to_ask(agreement: Agreement, at: datetime):
    """Admitted to a lot, suspended or not, and not asked already."""
    held = Admission.objects.held(timezone.localdate(at)).filter(lot__agreement=agreement)
    asked = DeclarationRequest.objects.filter(agreement=agreement, answered_at=None)
    return Provider.objects.filter(pk__in=held.values("provider")).exclude(
        pk__in=asked.values("provider")
    )


@transaction.atomic
def request_declarations(
    *,
    agreement: Agreement,
    provider: Provider | None,
    reason: str,
    by: User | None,
    at: datetime,
) -> list[DeclarationRequest]:
    """Ask one provider, or everybody admitted, for a renewed declaration (R2.13).

    What was declared before is copied for the provider to look at and declare anew.
    """
    due_on = agreement.regime.refresh_declaration.ends_on(timezone.localdate(at))
    rows = Provider.objects.filter(pk=provider.pk) if provider else Provider.objects.all()
    # Locked before it is known who can be asked, so that two requests at once cannot differ.
    locked = [each.pk for each in rows.select_for_update().order_by("pk")]
    chosen = list(providers_to_ask(agreement, at).filter(pk__in=locked).order_by("pk"))
    refuse_if(rules.objections_to_request(providers=len(chosen), reason=reason))
    return [
        _send(
            DeclarationRequest(
                provider=each,
                agreement=agreement,
                requested_by=by,
                requested_at=at,
                reason=reason,
                due_on=due_on,
            )
        )
        for each in chosen
    ]


def _send(asked: DeclarationRequest) -> DeclarationRequest:
    asked.save()
    provider, at = asked.provider, asked.requested_at
    earlier = provider.declarations.exclude(declared_at=None).order_by("declared_at", "pk").last()
    if take_over_grounds(earlier, request=asked) is None:
        Declaration.objects.create(provider=provider, request=asked)
    tell(provider.people(), "declaration_requested", page_of(asked), at=at, asked=asked)
    trail.record(
        "provider.declaration_requested",
        provider,
        by=asked.requested_by,
        at=at,
        due_on=asked.due_on.isoformat(),
    )
    return asked


@transaction.atomic
def answer_request(*, asked: DeclarationRequest, by: User, at: datetime) -> DeclarationRequest:
    """Make the renewed declaration. The council is told, and of grounds that it must assess."""
    provider = lock_provider(asked.provider)
    declaration = make_declaration(declaration=asked.declaration, by=by, at=at)
    asked.answered_at = at
    asked.save()
    today = timezone.localdate(at)
    live = [each for each in declaration.grounds.all() if each.rule().is_live(today)]
    tell(
        council(),
        "declaration_answered",
        provider.get_absolute_url(),
        at=at,
        provider=provider,
        has_grounds=bool(live),
    )
    trail.record("provider.declaration_renewed", provider, by=by, at=at, grounds=len(live))
    return asked


def missing_in(declaration: Declaration) -> list[str]:
    """For the page, too: what must be answered before the declaration can be made."""
    return rules.missing_in_declaration(
        has_grounds=declaration.has_grounds,
        grounds=[each.rule() for each in declaration.grounds_in_order()],
        declared_by_name=declaration.declared_by_name,
    )


def remind_of_declarations(*, at: datetime) -> int:
    """On working day 3 the provider; after the due day the council, once each (R2.13)."""
    rows = DeclarationRequest.objects.filter(answered_at=None).order_by("pk")
    return sum(_remind(each, at) for each in rows.select_related("provider", "agreement"))


@transaction.atomic
def _remind(asked: DeclarationRequest, at: datetime) -> bool:
    today = timezone.localdate(at)
    remind_on = rules.declaration_reminder_on(
        requested_on=timezone.localdate(asked.requested_at),
        calendar=asked.agreement.regime.refresh_declaration.calendar,
    )
    told = []
    if today >= remind_on:
        told.append(
            tell(
                asked.provider.people(),
                "declaration_due",
                page_of(asked),
                at=at,
                key=f"declaration-due:{asked.pk}",
                asked=asked,
            )
        )
    if today > asked.due_on:
        told.append(
            tell(
                council(),
                "declaration_overdue",
                asked.provider.get_absolute_url(),
                at=at,
                key=f"declaration-overdue:{asked.pk}",
                asked=asked,
            )
        )
    if not any(told):
        return False
    trail.record("provider.declaration_reminded", asked.provider, by=None, at=at, request=asked.pk)
    return True


def request_yearly_declarations(*, at: datetime) -> int:
    """Ask those whose newest declaration is a year old; returns how many were asked."""
    today = timezone.localdate(at)
    asked = 0
    for agreement in Agreement.objects.filter(start__lte=today, end__gt=today).order_by("pk"):
        rows = providers_to_ask(agreement, at).annotate(newest=Max("declarations__declared_at"))
        for provider in rows.filter(newest__lt=at - timedelta(days=364)).order_by("pk"):
            if rules.is_declaration_stale(
                declared_on=timezone.localdate(provider.newest), today=today
            ):
                request_declarations(
                    agreement=agreement, provider=provider, reason=YEARLY, by=None, at=at
                )
                asked += 1
    return asked


def standing_of(provider: Provider, agreement: Agreement, at: datetime) -> Standing:
    newest = provider.declarations.exclude(declared_at=None).order_by("declared_at", "pk").last()
    today = timezone.localdate(at)
    grounds = newest.grounds.all() if newest else []
    return Standing(
        provider=provider,
        declared_at=newest and newest.declared_at,
        live_grounds=len([each for each in grounds if each.rule().is_live(today)]),
        asked=provider.declaration_requests.filter(agreement=agreement, answered_at=None).first(),
    )


def ask_if_stale(
    *, provider: Provider, agreement: Agreement, reason: str, by: User, at: datetime
) -> DeclarationRequest | None:
    """Whoever declared within the year, or is asked already, is left alone (R2.13)."""
    standing = standing_of(provider, agreement, at)
    is_fresh = standing.declared_at is not None and not rules.is_declaration_stale(
        declared_on=timezone.localdate(standing.declared_at), today=timezone.localdate(at)
    )
    if is_fresh or standing.asked:
        return standing.asked
    (asked,) = request_declarations(
        agreement=agreement, provider=provider, reason=reason, by=by, at=at
    )
    return asked


def page_of(asked: DeclarationRequest) -> str:
    return reverse("providers:declaration_request", args=[asked.pk])

"""Documents after admission: renewed by the provider, checked by the council, and their expiry."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from providers import rules
from providers.models import Admission, EvidenceDocument, Provider
from providers.states import EXPIRING_EVIDENCE, EvidenceCheck, EvidenceKind

from .admissions import council, lock_provider, tell
from .sections import replace_evidence


@transaction.atomic
def renew_evidence(
    *,
    provider: Provider,
    kind: EvidenceKind,
    name: str,
    content: bytes,
    expires_on: date | None,
    by: User,
    at: datetime,
) -> EvidenceDocument:
    """A newer document outside any application. It counts at once, until the council rejects it."""
    provider = lock_provider(provider)
    today = timezone.localdate(at)
    refuse_if(
        rules.objections_to_renewal(
            is_admitted=provider.admissions.held(today).exists(),
            must_expire=kind in EXPIRING_EVIDENCE,
            expires_on=expires_on,
            today=today,
        )
    )
    evidence = replace_evidence(
        provider,
        kind,
        name=name,
        content=content,
        expires_on=expires_on,
        needs_check=True,
        by=by,
        at=at,
    )
    path = reverse("providers:check_evidence", args=[evidence.document_id])
    tell(council(), "evidence_renewed", path, at=at, provider=provider)
    _record("renewed", evidence, by, at, sha256=evidence.document.sha256)
    return evidence


@transaction.atomic
def check_evidence(
    *, evidence: EvidenceDocument, finding: EvidenceCheck, reason: str, by: User, at: datetime
) -> EvidenceDocument:
    """A rejected document counts as missing; the provider is told and sees the reason."""
    lock_provider(evidence.provider)
    evidence = EvidenceDocument.objects.select_related("provider").get(pk=evidence.pk)
    refuse_if(
        rules.objections_to_check(
            is_replaced=evidence.ended_at is not None,
            is_checked=bool(evidence.finding),
            finding=finding,
            reason=reason,
        )
    )
    evidence.finding = finding
    evidence.finding_reason = reason
    evidence.checked_by = by
    evidence.checked_at = at
    evidence.save()
    path = reverse("providers:evidence_overview")
    tell(evidence.provider.people(), "evidence_checked", path, at=at, evidence=evidence)
    _record("checked", evidence, by, at, finding=finding)
    return evidence


def remind_of_expiring_evidence(*, at: datetime) -> int:
    """60, 30 and 7 days before a document expires, and when it has (R3.5).

    Each reminder is owed once; sweeps that were missed are caught up with the nearest one only.
    Returns how many documents somebody was newly reminded of.
    """
    today = timezone.localdate(at)
    horizon = today + timedelta(days=max(rules.EVIDENCE_REMINDERS))
    rows = (
        EvidenceDocument.objects.held_at(None)
        .filter(
            expires_on__lte=horizon, provider__in=Admission.objects.held(today).values("provider")
        )
        .exclude(finding=EvidenceCheck.REJECTED)
    )
    return sum(_remind(each, today, at) for each in rows.select_related("provider").by_kind())


@transaction.atomic
def _remind(evidence: EvidenceDocument, today: date, at: datetime) -> bool:
    days = rules.evidence_reminder(expires_on=evidence.expires_on, today=today)
    has_lapsed = days == rules.LAPSED
    facts = {"at": at, "key": f"evidence:{evidence.pk}:{days}", "evidence": evidence}
    path = reverse("providers:evidence_overview")
    event = "evidence_lapsed" if has_lapsed else "evidence_expiring"
    told = [tell(evidence.provider.people(), event, path, **facts)]
    if has_lapsed:
        path = evidence.provider.get_absolute_url()
        told.append(tell(council(), "evidence_lapsed_council", path, **facts))
    if not any(told):
        return False
    _record("reminded", evidence, None, at, days=days)
    return True


def _record(what: str, evidence: EvidenceDocument, by: User | None, at: datetime, **facts) -> None:
    trail.record(
        f"evidence.{what}",
        evidence.provider,
        by=by,
        at=at,
        kind=evidence.kind,
        document=str(evidence.document_id),
        **facts,
    )

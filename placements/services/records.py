"""Everything that is held on a person: where it stands, and which of it are words about them.

The export reads this list and the erasure works through it, so that neither forgets what the
other knows; a test finds what a new model would leave out.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.db import models
from django.db.models import Case, Value, When

from dps_portal.audit.models import AuditEvent
from placements.models import (
    Absence,
    Amendment,
    BreakGlass,
    Competition,
    Consent,
    Contribution,
    Correction,
    Exit,
    FactProposal,
    FitNote,
    FundingRequest,
    Hold,
    Ineligibility,
    InvoiceImportRow,
    InvoiceLine,
    LedgerEntry,
    MatchOption,
    OneOff,
    OutcomeScore,
    Person,
    PersonAccess,
    Placement,
    Reader,
    Referral,
    ReferralAssignment,
    ReferralHold,
    Restriction,
    Review,
    SubjectRequest,
    Term,
)

from .identities import identity_of

ERASED = "(erased)"


@dataclass(frozen=True)
class Held:
    """``path`` leads from a row to its person; ``words`` are destroyed by an erasure."""

    title: str
    model: type[models.Model]
    path: str
    words: tuple[str, ...] = ()

    def rows(self, person: Person):
        return self.model._base_manager.filter(**{self.path: person}).order_by("pk")


HELD = (
    Held("Consents", Consent, "person"),
    Held(
        "Referrals",
        Referral,
        "person",
        (
            *("source", "urgency_reason", "needs_summary", "home_circumstances", "complexity"),
            *("community_options_tried", "care_act_reason", "clinical_review_by"),
            *("clinical_review", "desired_outcomes", "closed_reason", "reopened_reason"),
        ),
    ),
    Held("Assignments", ReferralAssignment, "referral__person"),
    Held("Times on hold", ReferralHold, "referral__person", ("reason",)),
    Held(
        "Decisions of no eligibility",
        Ineligibility,
        "referral__person",
        ("reason", "answer_reason"),
    ),
    Held("Fit of providers", FitNote, "referral__person", ("note",)),
    Held("Competitions for a place", Competition, "referral__person", ("profile",)),
    Held(
        "Placements",
        Placement,
        "referral__person",
        ("profile", "why_not_cheapest", "person_choice", "decline_reason", "end_reason"),
    ),
    Held(
        "Providers compared",
        MatchOption,
        "placement__referral__person",
        ("unmet", "fit_note", "why_not"),
    ),
    Held("Funded periods", Term, "placement__referral__person"),
    Held("Single charges", OneOff, "placement__referral__person", ("label",)),
    Held("Exits", Exit, "placement__referral__person", ("reason", "destination", "void_reason")),
    Held("Absences", Absence, "placement__referral__person", ("reason", "void_reason")),
    Held("Corrections of the placement", Amendment, "placement__referral__person", ("reason",)),
    Held("Contributions", Contribution, "placement__referral__person"),
    Held("Reviews", Review, "placement__referral__person", ("progress",)),
    Held("Outcome scores", OutcomeScore, "placement__referral__person"),
    Held(
        "Facts a provider proposed",
        FactProposal,
        "placement__referral__person",
        ("note", "decision_reason"),
    ),
    Held(
        "Funding requests",
        FundingRequest,
        "placement__referral__person",
        ("reason", "decision_reason", "label"),
    ),
    Held("Ledger entries", LedgerEntry, "placement__referral__person"),
    Held("Lines of invoices", InvoiceLine, "placement__referral__person"),
    Held("Rows of imported files", InvoiceImportRow, "placement__referral__person", ("cells",)),
    Held("Restrictions", Restriction, "person", ("reason", "end_reason")),
    Held("People who may see a restricted record", Reader, "person"),
    Held("Legal holds", Hold, "person", ("reason", "end_reason")),
    Held("Corrections", Correction, "person", ("reason",)),
    Held("Exports and erasures asked for", SubjectRequest, "person", ("reason", "decision_reason")),
    Held("Openings by break-glass", BreakGlass, "person", ("reason", "review_note")),
    Held("Looks at the record", PersonAccess, "person"),
)


def everything_held(person: Person) -> dict[str, object]:
    """As plain words, people of the council and organisations by reference or name."""
    record: dict[str, object] = {
        "Person": person.reference,
        "Identity": asdict(identity_of(person)),
    }
    subjects = {person._meta.label_lower: [person.reference]}
    for held in HELD:
        rows = list(held.rows(person).select_related())
        record[held.title] = [_told(row) for row in rows]
        if hasattr(held.model, "reference"):
            subjects[held.model._meta.label_lower] = [row.reference for row in rows]
    events = AuditEvent.objects.none()
    for kind, references in subjects.items():
        events |= AuditEvent.objects.filter(subject_type=kind, subject_ref__in=references)
    record["Audit trail"] = [
        {
            "number": event.seq,
            "at": event.at.isoformat(),
            "by": event.actor_ref,
            "action": event.action,
            "subject": event.subject_ref,
            "facts": event.facts,
        }
        for event in events.in_order()
    ]
    return record


def _told(row: models.Model) -> dict[str, object]:
    return {
        field.verbose_name: _plain(row, field)
        for field in row._meta.concrete_fields
        if not field.primary_key
    }


def _plain(row: models.Model, field: models.Field) -> object:
    value = getattr(row, field.name)
    if value is None or isinstance(value, bool | int | list | dict):
        return value
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def as_json(record: dict[str, object]) -> str:
    return json.dumps(record, ensure_ascii=False, indent=2)


def as_text(record: dict[str, object]) -> str:
    """The same for reading and printing: a heading a part, a line a fact."""
    return "\n".join(_lines(record))


def _lines(record: dict[str, object]) -> Iterator[str]:
    for heading, part in record.items():
        yield from ("", heading, "=" * len(heading))
        if not part:
            yield "Nothing is held."
        for row in part if isinstance(part, list) else [part]:
            facts = row.items() if isinstance(row, dict) else [("reference", row)]
            yield from (f"{name}: {_said(value)}" for name, value in facts)
            yield ""


def _said(value: object) -> str:
    if value is None or value in ("", [], {}):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def destroy_words(person: Person) -> dict[str, int]:
    """Overwrite every word about the person that is there; returns the rows looked at by model."""
    return {
        held.model._meta.object_name: held.rows(person)
        .order_by()
        .update(**{name: _gone(held.model._meta.get_field(name)) for name in held.words})
        for held in HELD
        if held.words
    }


def _gone(field: models.Field):
    if isinstance(field, models.JSONField):
        return None if field.null else [] if field.default is list else {}
    return Case(When(**{field.name: ""}, then=Value("")), default=Value(ERASED))

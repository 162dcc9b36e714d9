"""The life of an application, and what may be found of it."""

from django.db.models import TextChoices


class ApplicationState(TextChoices):
    DRAFT = "draft", "Draft"  # the provider fills it in
    SUBMITTED = "submitted", "Submitted"  # the provider's owner submits it
    DECIDED = "decided", "Decided"  # the commissioner decides the last lot
    WITHDRAWN = "withdrawn", "Withdrawn"  # the provider's owner withdraws it


MOVES = {
    ApplicationState.DRAFT: {ApplicationState.SUBMITTED, ApplicationState.WITHDRAWN},
    ApplicationState.SUBMITTED: {ApplicationState.DECIDED, ApplicationState.WITHDRAWN},
    ApplicationState.DECIDED: set(),
    ApplicationState.WITHDRAWN: set(),
}


class Finding(TextChoices):
    MET = "met", "Met"
    NOT_MET = "not_met", "Not met"
    CLARIFY = "clarify", "Needs clarification"


class Outcome(TextChoices):
    ADMITTED = "admitted", "Admitted"
    REFUSED = "refused", "Refused"


class EvidenceKind(TextChoices):
    INSURANCE = "insurance", "Public liability insurance certificate"
    EMPLOYERS = "employers", "Employers’ liability insurance certificate"
    SAFEGUARDING = "safeguarding", "Safeguarding adults policy"
    CQC_REPORT = "cqc_report", "Latest CQC inspection report"


EXPIRING_EVIDENCE = frozenset({EvidenceKind.INSURANCE, EvidenceKind.EMPLOYERS})
# A service that the CQC has not inspected yet has no report.
OPTIONAL_EVIDENCE = frozenset({EvidenceKind.CQC_REPORT})


class Criterion(TextChoices):
    """What an assessor checks for each lot (selection only, never the offer: R2.17)."""

    STANDING = "standing", "Exclusion grounds and self-cleaning"
    REGISTRATION = "registration", "CQC registration for the activity"
    INSURANCE = "insurance", "Insurance and policies in date"
    SERVICE = "service", "Service meets the specification of the lot"
    PRICE = "price", "Weekly price at or below the ceiling of the lot"


class RateSource(TextChoices):
    PRICE_LIST = "price_list", "Price list"
    AWARD = "award", "Award"

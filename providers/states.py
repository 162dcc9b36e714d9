"""The life of an application, and what may be found of it."""

from django.db.models import TextChoices


class ApplicationState(TextChoices):
    DRAFT = "draft", "Draft"  # the provider fills it in
    SUBMITTED = "submitted", "Submitted"  # the provider's owner submits it
    RETURNED = "returned", "Returned for correction"  # an assessor asks; the clock runs on
    DECIDED = "decided", "Decided"  # the commissioner decides the last lot
    WITHDRAWN = "withdrawn", "Withdrawn"  # the provider's owner withdraws it


MOVES = {
    ApplicationState.DRAFT: {ApplicationState.SUBMITTED, ApplicationState.WITHDRAWN},
    ApplicationState.SUBMITTED: {
        ApplicationState.RETURNED,
        ApplicationState.DECIDED,
        ApplicationState.WITHDRAWN,
    },
    # Back by the owner, or by an assessor once the time to answer has run out.
    ApplicationState.RETURNED: {ApplicationState.SUBMITTED, ApplicationState.WITHDRAWN},
    ApplicationState.DECIDED: set(),
    ApplicationState.WITHDRAWN: set(),
}


class Finding(TextChoices):
    MET = "met", "Met"
    NOT_MET = "not_met", "Not met"
    CLARIFY = "clarify", "Needs clarification"


class ExtensionGround(TextChoices):
    """Why a decision takes up to 15 working days (PCR 34(17), R2.5)."""

    DOCUMENTS = "documents", "Further documents must be examined"
    VERIFICATION = "verification", "It must be verified otherwise that the criteria are met"


class Outcome(TextChoices):
    ADMITTED = "admitted", "Admitted"
    REFUSED = "refused", "Refused"


class EvidenceKind(TextChoices):
    INSURANCE = "insurance", "Public liability insurance certificate"
    EMPLOYERS = "employers", "Employers’ liability insurance certificate"
    PROFESSIONAL = "professional", "Professional indemnity insurance certificate"
    DATA_PROTECTION = "data_protection", "Data protection registration (ICO)"
    SAFEGUARDING = "safeguarding", "Safeguarding adults policy"
    CQC_REPORT = "cqc_report", "Latest CQC inspection report"


EXPIRING_EVIDENCE = frozenset(
    {
        EvidenceKind.INSURANCE,
        EvidenceKind.EMPLOYERS,
        EvidenceKind.PROFESSIONAL,
        EvidenceKind.DATA_PROTECTION,
    }
)
# A service that the CQC has not inspected yet has no report.
OPTIONAL_EVIDENCE = frozenset({EvidenceKind.CQC_REPORT})


class Criterion(TextChoices):
    """What an assessor checks for each lot (selection only, never the offer: R2.17)."""

    STANDING = "standing", "Exclusion grounds and self-cleaning"
    FINANCE = "finance", "Economic and financial standing"
    REGISTRATION = "registration", "CQC registration for the activity"
    INSURANCE = "insurance", "Insurance and policies in date"
    SERVICE = "service", "Service meets the specification of the lot"
    PRICE = "price", "Weekly price at or below the ceiling of the lot"


class RateSource(TextChoices):
    PRICE_LIST = "price_list", "Price list"
    AWARD = "award", "Award"


class ExclusionGround(TextChoices):
    """PCR 57(1), (3) and (8): what a provider declares of itself (R3.1)."""

    CRIMINAL_ORGANISATION = "criminal_organisation", "Taking part in a criminal organisation"
    CORRUPTION = "corruption", "Bribery or corruption"
    FRAUD = "fraud", "Fraud"
    TERRORISM = "terrorism", "Terrorist offences or offences linked to terrorism"
    MONEY_LAUNDERING = "money_laundering", "Money laundering or the proceeds of crime"
    TRAFFICKING = "trafficking", "Child labour or trafficking in human beings"
    TAX = "tax", "Breach of tax or social security duties, established by a court or authority"
    SOCIAL_LAW = "social_law", "Breach of environmental, social or labour law"
    INSOLVENCY = "insolvency", "Insolvency or winding-up"
    MISCONDUCT = "misconduct", "Grave professional misconduct"
    COLLUSION = "collusion", "Agreements that distort competition"
    CONFLICT = "conflict", "A conflict of interest that cannot be remedied otherwise"
    PRIOR_INVOLVEMENT = "prior_involvement", "Prior involvement that distorts competition"
    POOR_PERFORMANCE = "poor_performance", "Serious or lasting failures in an earlier contract"
    MISREPRESENTATION = "misrepresentation", "Serious misrepresentation or withheld information"
    UNDUE_INFLUENCE = "undue_influence", "Undue influence on a decision of an authority"


MANDATORY_GROUNDS = frozenset(
    {
        ExclusionGround.CRIMINAL_ORGANISATION,
        ExclusionGround.CORRUPTION,
        ExclusionGround.FRAUD,
        ExclusionGround.TERRORISM,
        ExclusionGround.MONEY_LAUNDERING,
        ExclusionGround.TRAFFICKING,
        ExclusionGround.TAX,
    }
)


class SelfCleaning(TextChoices):
    SUFFICIENT = "sufficient", "Sufficient"
    INSUFFICIENT = "insufficient", "Not sufficient"


class EvidenceCheck(TextChoices):
    """What the council finds of a document that came after admission."""

    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"


class Register(TextChoices):
    """Who registers a place."""

    CQC = "cqc", "Care Quality Commission (England)"
    CARE_INSPECTORATE = "care_inspectorate", "Care Inspectorate (Scotland)"
    CIW = "ciw", "Care Inspectorate Wales"


class Rating(TextChoices):
    OUTSTANDING = "outstanding", "Outstanding"
    GOOD = "good", "Good"
    REQUIRES_IMPROVEMENT = "requires_improvement", "Requires improvement"
    INADEQUATE = "inadequate", "Inadequate"


class MeasureKind(TextChoices):
    """What the council does to an admission: one officer recommends, another person decides."""

    SUSPENSION = "suspension", "Suspension"
    REINSTATEMENT = "reinstatement", "Reinstatement"
    EXCLUSION = "exclusion", "Exclusion"


class ClaimOutcome(TextChoices):
    """What came of a registration whose number is taken."""

    SAME = "same", "The same organisation: its owner can invite the person"
    REGISTERED = "registered", "Another organisation: registered with the right numbers"
    REFUSED = "refused", "Refused"


class EvidenceState(TextChoices):
    """How a document stands on a day, the worst first."""

    MISSING = "missing", "Missing"
    REJECTED = "rejected", "Not accepted"
    EXPIRED = "expired", "Expired"
    TO_CHECK = "to_check", "To be checked"
    EXPIRING = "expiring", "Expires soon"
    IN_DATE = "in_date", "In date"


LAPSED_EVIDENCE = frozenset({EvidenceState.MISSING, EvidenceState.REJECTED, EvidenceState.EXPIRED})


class DeclarationState(TextChoices):
    """Whether an admitted provider owes a renewed declaration."""

    FRESH = "fresh", "Made"
    REQUESTED = "requested", "Asked for"
    OVERDUE = "overdue", "Overdue"

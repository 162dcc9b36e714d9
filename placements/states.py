"""States of referrals, requests and placements, and the moves between them (money.md §2–5)."""

from django.db.models import TextChoices


class ReferralState(TextChoices):
    DRAFT = "draft", "Draft"  # an assessor writes it
    SUBMITTED = "submitted", "Submitted"  # an assessor submits it
    ASSESSING = "assessing", "Being assessed"  # a manager allocates it
    ELIGIBLE = "eligible", "Eligible"  # its assessor records eligibility
    MATCHING = "matching", "Finding a placement"  # its assessor starts matching
    PLACEMENT_PROPOSED = "placement_proposed", "Placement proposed"  # an option is chosen
    PLACED = "placed", "Placed"  # the admission is recorded
    CLOSED = "closed", "Closed"  # not eligible, withdrawn or completed


REFERRAL_MOVES = {
    ReferralState.DRAFT: {ReferralState.SUBMITTED, ReferralState.CLOSED},
    ReferralState.SUBMITTED: {ReferralState.ASSESSING, ReferralState.CLOSED},
    ReferralState.ASSESSING: {ReferralState.ELIGIBLE, ReferralState.CLOSED},
    ReferralState.ELIGIBLE: {ReferralState.MATCHING, ReferralState.CLOSED},
    ReferralState.MATCHING: {ReferralState.PLACEMENT_PROPOSED, ReferralState.CLOSED},
    ReferralState.PLACEMENT_PROPOSED: {ReferralState.MATCHING, ReferralState.PLACED},
    ReferralState.PLACED: {ReferralState.CLOSED},
    ReferralState.CLOSED: {ReferralState.PLACED},  # the exit was recorded in error
}


class PlacementState(TextChoices):
    AWAITING_PROVIDER = "awaiting_provider", "Waiting for the provider"  # an option is chosen
    PROVIDER_DECLINED = "provider_declined", "Declined by the provider"  # the provider
    AWAITING_FUNDING = "awaiting_funding", "Waiting for funding"  # the provider accepts
    FUNDING_DECLINED = "funding_declined", "Funding declined"  # the approver
    APPROVED = "approved", "Funding approved"  # the approver
    ADMITTED = "admitted", "Admitted"  # an assessor records the admission
    DISCHARGED = "discharged", "Discharged"  # an assessor records the exit
    CLOSED = "closed", "Closed"  # an assessor, once nothing is missing after the exit
    NON_ARRIVAL = "non_arrival", "Did not arrive"  # an assessor, before any admission
    CANCELLED = "cancelled", "Cancelled"  # an assessor, before the admission


PLACEMENT_MOVES = {
    PlacementState.AWAITING_PROVIDER: {
        PlacementState.PROVIDER_DECLINED,
        PlacementState.AWAITING_FUNDING,
        PlacementState.CANCELLED,
    },
    PlacementState.PROVIDER_DECLINED: set(),
    PlacementState.AWAITING_FUNDING: {
        PlacementState.FUNDING_DECLINED,
        PlacementState.APPROVED,
        PlacementState.CANCELLED,
    },
    PlacementState.FUNDING_DECLINED: set(),
    PlacementState.APPROVED: {
        PlacementState.ADMITTED,
        PlacementState.NON_ARRIVAL,
        PlacementState.CANCELLED,
    },
    PlacementState.ADMITTED: {PlacementState.DISCHARGED},
    PlacementState.DISCHARGED: {PlacementState.CLOSED},
    PlacementState.CLOSED: set(),
    PlacementState.NON_ARRIVAL: set(),
    PlacementState.CANCELLED: set(),
}

# The way back from where a placement has ended, for a manager with a reason: one step each.
WAYS_BACK = {
    PlacementState.PROVIDER_DECLINED: PlacementState.AWAITING_PROVIDER,
    PlacementState.FUNDING_DECLINED: PlacementState.AWAITING_FUNDING,
    PlacementState.NON_ARRIVAL: PlacementState.AWAITING_FUNDING,
    PlacementState.CANCELLED: PlacementState.AWAITING_FUNDING,
    PlacementState.DISCHARGED: PlacementState.ADMITTED,
    PlacementState.CLOSED: PlacementState.DISCHARGED,
}


class RequestKind(TextChoices):
    """Every change that moves money by a decision (money.md §3)."""

    INITIAL = "initial", "Initial funding"
    EXTENSION = "extension", "Extension"
    RETROSPECTIVE = "retrospective", "Nights already stayed"
    BAND_CHANGE = "band_change", "Move to another lot"
    PRICE_CHANGE = "price_change", "Change of price"
    SHORTENING = "shortening", "Shortening"
    CORRECTION = "correction", "Correction of a price"
    ONE_OFF = "one_off", "One-off charge"


class RequestState(TextChoices):
    SUBMITTED = "submitted", "Waiting for a decision"  # the requester
    RETURNED = "returned", "Returned for more"  # another person; the requester sends it again
    APPROVED = "approved", "Approved"  # another person, inside the ceiling
    DECLINED = "declined", "Declined"  # another person
    DEFERRED = "deferred", "Waiting for money"  # another person, when the ceiling is reached
    WITHDRAWN = "withdrawn", "Withdrawn"  # the requester
    LAPSED = "lapsed", "Lapsed"  # the placement ended first


REQUEST_MOVES = {
    RequestState.SUBMITTED: {
        RequestState.RETURNED,
        RequestState.APPROVED,
        RequestState.DECLINED,
        RequestState.DEFERRED,
        RequestState.WITHDRAWN,
        RequestState.LAPSED,
    },
    RequestState.RETURNED: {
        RequestState.SUBMITTED,
        RequestState.WITHDRAWN,
        RequestState.LAPSED,
    },
    RequestState.DEFERRED: {
        RequestState.APPROVED,
        RequestState.DECLINED,
        RequestState.WITHDRAWN,
        RequestState.LAPSED,
    },
    RequestState.APPROVED: set(),
    RequestState.DECLINED: set(),
    RequestState.WITHDRAWN: set(),
    RequestState.LAPSED: set(),
}


class LedgerKind(TextChoices):
    COMMIT = "commit", "Commitment"
    EXTEND = "extend", "Extension"
    RATE_CHANGE = "rate_change", "Change of price"
    ONE_OFF = "one_off", "One-off charge"
    ADMISSION_SHIFT = "admission_shift", "Admission on another date"
    RELEASE = "release", "Release"
    CORRECTION = "correction", "Correction"


class YearState(TextChoices):
    """Of a financial year's budget; a closed one takes no entries (money.md R23)."""

    OPEN = "open", "Open"
    CLOSING = "closing", "Waiting to be closed"  # a commissioner proposes it
    CLOSED = "closed", "Closed"  # finance confirms it


class ExitStatus(TextChoices):
    PLANNED = "planned", "Planned, mutually agreed"
    UNPLANNED = "unplanned", "Unplanned"
    WITHDRAWN_BY_PROVIDER = "withdrawn_by_provider", "Withdrawn by the provider"
    EXCLUDED = "excluded", "Not counted (died, closed)"


class CostCentre(TextChoices):
    """Who bears the nights of an absence (money.md R19)."""

    COUNCIL = "council", "The council, at the percentages below"
    PROVIDER = "provider", "The provider: nothing is paid"


class Collector(TextChoices):
    """Who takes what the person pays towards the stay (R20)."""

    PROVIDER = "provider", "The provider"
    COUNCIL = "council", "The council"


class Recommendation(TextChoices):
    CONTINUE = "continue", "Continue as planned"
    EXTEND = "extend", "Extend"
    END = "end", "End"
    CHANGE_LOT = "change_lot", "Move to another lot"


class OutcomeMeasure(TextChoices):
    """The scales of the Treatment Outcomes Profile, each from 0 to 20."""

    PSYCHOLOGICAL = "psychological", "Psychological health"
    PHYSICAL = "physical", "Physical health"
    QUALITY = "quality", "Quality of life"


class FactKind(TextChoices):
    """What a provider may propose about its own placement."""

    ARRIVAL = "arrival", "Arrival"
    ABSENCE = "absence", "Absence"
    EXIT = "exit", "Exit"


class ProposalState(TextChoices):
    OPEN = "open", "Waiting for the council"  # the provider
    CONFIRMED = "confirmed", "Recorded"  # the team records the fact
    REJECTED = "rejected", "Rejected"  # the team, with a reason


class Urgency(TextChoices):
    ROUTINE = "routine", "Routine"
    URGENT = "urgent", "Urgent"


class Complexity(TextChoices):
    DUAL_DIAGNOSIS = "dual_diagnosis", "Dual diagnosis"
    PHYSICAL_DISABILITY = "physical_disability", "Physical disability"
    HOME_CIRCUMSTANCES = "home_circumstances", "Home circumstances"
    ALCOHOL_RELATED_BRAIN_DAMAGE = "arbd", "Alcohol-related brain damage"


class AccessPurpose(TextChoices):
    """Why a person's identity was looked at."""

    CONTACT = "contact", "To contact the person or their family"
    PLACEMENT = "placement", "To arrange or review the placement"
    RECORD = "record", "To match the person to another record"

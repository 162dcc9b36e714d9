"""States of referrals, requests and placements, and the moves between them (money.md §2–5)."""

from django.db.models import TextChoices


class ReferralState(TextChoices):
    DRAFT = "draft", "Draft"  # an assessor writes it
    SUBMITTED = "submitted", "Submitted"  # an assessor submits it
    ASSESSING = "assessing", "Being assessed"  # a manager allocates it
    COUNTERSIGNING = "countersigning", "Not eligible, to be countersigned"  # its assessor
    ELIGIBLE = "eligible", "Eligible"  # its assessor records eligibility
    ON_HOLD = "on_hold", "On hold"  # its assessor, until the person is ready
    MATCHING = "matching", "Finding a placement"  # its assessor starts matching
    PLACEMENT_PROPOSED = "placement_proposed", "Placement proposed"  # an option is chosen
    PLACED = "placed", "Placed"  # the admission is recorded
    CLOSED = "closed", "Closed"  # not eligible, withdrawn or completed


REFERRAL_MOVES = {
    ReferralState.DRAFT: {ReferralState.SUBMITTED, ReferralState.CLOSED},
    ReferralState.SUBMITTED: {ReferralState.ASSESSING, ReferralState.CLOSED},
    ReferralState.ASSESSING: {
        ReferralState.SUBMITTED,
        ReferralState.COUNTERSIGNING,
        ReferralState.ELIGIBLE,
        ReferralState.CLOSED,
    },
    ReferralState.COUNTERSIGNING: {ReferralState.ASSESSING, ReferralState.CLOSED},
    ReferralState.ELIGIBLE: {ReferralState.MATCHING, ReferralState.ON_HOLD, ReferralState.CLOSED},
    ReferralState.ON_HOLD: {ReferralState.ELIGIBLE, ReferralState.MATCHING, ReferralState.CLOSED},
    ReferralState.MATCHING: {
        ReferralState.PLACEMENT_PROPOSED,
        ReferralState.PLACED,  # the exit was recorded in error
        ReferralState.ON_HOLD,
        ReferralState.CLOSED,
    },
    ReferralState.PLACEMENT_PROPOSED: {
        ReferralState.MATCHING,
        ReferralState.PLACED,
        ReferralState.CLOSED,
    },
    ReferralState.PLACED: {
        ReferralState.PLACEMENT_PROPOSED,  # gone, and not yet at the provider of the transfer
        ReferralState.CLOSED,
    },
    ReferralState.CLOSED: {
        ReferralState.DRAFT,
        ReferralState.SUBMITTED,
        ReferralState.ASSESSING,
        ReferralState.PLACED,  # the exit was recorded in error
    },
}

# From allocation to the end: a referral in one of these has a worker.
WORKED = frozenset(ReferralState) - {
    ReferralState.DRAFT,
    ReferralState.SUBMITTED,
    ReferralState.CLOSED,
}

# What people do to a referral, by the name of the service, and in which states (money.md §2).
REFERRAL_ACTS = {
    "save_answers": {ReferralState.DRAFT, ReferralState.ASSESSING},
    "discard_draft": {ReferralState.DRAFT},
    "submit_referral": {ReferralState.DRAFT},
    "allocate_referral": {ReferralState.SUBMITTED, *WORKED},
    "unallocate_referral": {ReferralState.ASSESSING},
    "record_eligible": {ReferralState.ASSESSING},
    "record_not_eligible": {ReferralState.ASSESSING},
    "countersign_referral": {ReferralState.COUNTERSIGNING},
    "hold_referral": {ReferralState.ELIGIBLE, ReferralState.MATCHING},
    "resume_referral": {ReferralState.ON_HOLD},
    "start_matching": {ReferralState.ELIGIBLE},
    "choose_option": {ReferralState.MATCHING, ReferralState.PLACED},  # placed: a transfer (R22)
    "withdraw_referral": set(ReferralState) - {ReferralState.CLOSED},
    "reopen_referral": {ReferralState.CLOSED},
}


class WithdrawalReason(TextChoices):
    CHANGED_MIND = "changed_mind", "No longer wants residential treatment"
    OTHER_TREATMENT = "other_treatment", "Chose another treatment"
    NO_CONTACT = "no_contact", "Could not be contacted"
    NOT_WELL = "not_well", "Not well enough for a placement"
    IN_HOSPITAL = "in_hospital", "In hospital"
    IN_CUSTODY = "in_custody", "In custody"
    MOVED_AWAY = "moved_away", "Moved out of the area"
    DIED = "died", "Died"
    REFERRED_TWICE = "referred_twice", "Referred twice"
    OTHER = "other", "Another reason"


WITHDRAWAL_GROUPS = {
    "The person’s choice": (
        WithdrawalReason.CHANGED_MIND,
        WithdrawalReason.OTHER_TREATMENT,
        WithdrawalReason.NO_CONTACT,
    ),
    "Health": (WithdrawalReason.NOT_WELL, WithdrawalReason.IN_HOSPITAL),
    "Custody": (WithdrawalReason.IN_CUSTODY,),
    "Moved away": (WithdrawalReason.MOVED_AWAY,),
    "Died": (WithdrawalReason.DIED,),
    "Other": (WithdrawalReason.REFERRED_TWICE, WithdrawalReason.OTHER),
}


class Residence(TextChoices):
    """Whose care the person is in, by ordinary residence (Care Act 2014 s39)."""

    OURS = "ours", "Ordinarily resident here"
    UNSETTLED = "unsettled", "No settled residence, present here"
    DISPUTED = "disputed", "Disputed with another council"
    ELSEWHERE = "elsewhere", "Ordinarily resident elsewhere"


class Charging(TextChoices):
    """What the person pays (Care Act 2014 ss14 and 17)."""

    PUBLIC_HEALTH = "public_health", "Public health funded, no charge"
    ASSESSED = "assessed", "Financially assessed"


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
    ENTERED_IN_ERROR = "entered_in_error", "Entered in error"  # a manager: nobody was there


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
    PlacementState.ADMITTED: {PlacementState.DISCHARGED, PlacementState.ENTERED_IN_ERROR},
    PlacementState.DISCHARGED: {PlacementState.CLOSED},
    PlacementState.CLOSED: set(),
    PlacementState.NON_ARRIVAL: set(),
    PlacementState.CANCELLED: set(),
    PlacementState.ENTERED_IN_ERROR: set(),
}

# The way back from where a placement has ended, for a manager with a reason: one step each.
WAYS_BACK = {
    PlacementState.PROVIDER_DECLINED: PlacementState.AWAITING_PROVIDER,
    PlacementState.FUNDING_DECLINED: PlacementState.AWAITING_FUNDING,
    PlacementState.NON_ARRIVAL: PlacementState.AWAITING_FUNDING,
    PlacementState.CANCELLED: PlacementState.AWAITING_FUNDING,
    PlacementState.ENTERED_IN_ERROR: PlacementState.AWAITING_FUNDING,
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
    DRAFT = "draft", "Draft"  # the requester keeps it; nobody waits for it
    SUBMITTED = "submitted", "Waiting for a decision"  # the requester
    RETURNED = "returned", "Returned for more"  # another person; the requester sends it again
    APPROVED = "approved", "Approved"  # another person, inside the ceiling
    DECLINED = "declined", "Declined"  # another person
    DEFERRED = "deferred", "Waiting for money"  # another person, when the ceiling is reached
    WITHDRAWN = "withdrawn", "Withdrawn"  # the requester
    LAPSED = "lapsed", "Lapsed"  # the placement ended first


REQUEST_MOVES = {
    RequestState.DRAFT: {RequestState.DRAFT, RequestState.SUBMITTED},
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
        RequestState.SUBMITTED,
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


class InvoiceState(TextChoices):
    RECEIVED = "received", "To be matched"  # finance enters it, its provider sends it, or a file
    MATCHED = "matched", "Matched"  # finance finds that it agrees with our cost
    DISPUTED = "disputed", "Disputed"  # finance or the assessment team, with a reason
    APPROVED = "approved", "Approved"  # another finance person
    PAID = "paid", "Paid"  # finance, once the ledger system has paid
    REJECTED = "rejected", "Rejected"  # finance, with a reason; its number is free again


INVOICE_MOVES = {
    InvoiceState.RECEIVED: {InvoiceState.MATCHED, InvoiceState.DISPUTED, InvoiceState.REJECTED},
    InvoiceState.MATCHED: {
        InvoiceState.RECEIVED,  # its lines are changed
        InvoiceState.MATCHED,  # our cost has changed
        InvoiceState.APPROVED,
        InvoiceState.DISPUTED,
        InvoiceState.REJECTED,
    },
    InvoiceState.DISPUTED: {InvoiceState.RECEIVED, InvoiceState.REJECTED},
    InvoiceState.APPROVED: {
        InvoiceState.PAID,
        InvoiceState.DISPUTED,  # as long as the ledger system does not have it
    },
    InvoiceState.PAID: set(),
    InvoiceState.REJECTED: set(),
}

# What people do to an invoice, by the name of the service, and in which states.
INVOICE_ACTS = {
    "set_invoice_lines": {InvoiceState.RECEIVED, InvoiceState.MATCHED},
    "confirm_service": {InvoiceState.RECEIVED, InvoiceState.MATCHED},
    "match_invoice": {InvoiceState.RECEIVED, InvoiceState.MATCHED},
    "dispute_invoice": {InvoiceState.RECEIVED, InvoiceState.MATCHED, InvoiceState.APPROVED},
    "settle_dispute": {InvoiceState.DISPUTED},
    "reject_invoice": {InvoiceState.RECEIVED, InvoiceState.MATCHED, InvoiceState.DISPUTED},
    "approve_invoice": {InvoiceState.MATCHED},
    "pay_invoice": {InvoiceState.APPROVED},
}


class InvoiceKind(TextChoices):
    INVOICE = "invoice", "Invoice"
    CREDIT = "credit", "Credit note"


class InvoiceOrigin(TextChoices):
    """How an invoice came in."""

    ENTERED = "entered", "Entered by finance"
    SUBMITTED = "submitted", "Sent by the provider"
    IMPORTED = "imported", "Imported from a file"


class ImportKind(TextChoices):
    """What the rows of a file are."""

    INVOICES = "invoices", "Invoices and credit notes to be paid"
    HISTORY = "history", "Payments made outside the portal, to be kept as paid"
    PAYMENTS = "payments", "Payments of invoices that are approved here"


class ImportState(TextChoices):
    STAGED = "staged", "Waiting to be confirmed"  # finance uploads it
    COMMITTED = "committed", "Imported"  # finance, for payments already made another person
    DISCARDED = "discarded", "Discarded"  # finance


class RowOutcome(TextChoices):
    """What becomes of a row of a file."""

    ACCEPTED = "accepted", "Accepted"
    UNNAMED = "unnamed", "Supplier to be named"  # a person says which provider it is
    KNOWN = "known", "Imported before"
    REPEATED = "repeated", "The same row twice"
    REFUSED = "refused", "Refused"
    SKIPPED = "skipped", "Not an invoice"  # blank, a heading again, or a total


class AlertLine(TextChoices):
    """Which sum came near the ceiling."""

    COMMITTED = "committed", "Commitments"
    LIKELY = "likely", "The likely forecast"


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


class DeclineKind(TextChoices):
    """Why a provider declines a placement."""

    NO_PLACE = "no_place", "No place in time"
    NEEDS = "needs", "We cannot meet the needs safely"
    MIX = "mix", "Not with the people who stay with us now"
    STAFF = "staff", "Not enough staff"
    OTHER = "other", "Another reason"


class Sex(TextChoices):
    """In a profile only where a service is for one sex (R8.3)."""

    FEMALE = "female", "Female"
    MALE = "male", "Male"


class AccessPurpose(TextChoices):
    """Why a person's identity was looked at."""

    CONTACT = "contact", "To contact the person or their family"
    PLACEMENT = "placement", "To arrange or review the placement"
    RECORD = "record", "To match the person to another record"
    SAFETY = "safety", "To keep the person or others safe"
    SUBJECT_ACCESS = "subject_access", "To answer the person’s request for their data"


class AccessKind(TextChoices):
    """What was done with a person's record."""

    IDENTITY = "identity", "Saw who the person is"
    SEARCH = "search", "Found the person by a search"
    RECORD = "record", "Opened the record"  # restricted, or by break-glass
    CORRECTION = "correction", "Put the identity right"
    EXPORT = "export", "Took everything held"


class ConsentKind(TextChoices):
    """Each is asked for and withdrawn on its own (R8.2)."""

    PLACEMENT = "placement", "Sharing with providers to find a placement"
    NDTMS = "ndtms", "Sharing with the National Drug Treatment Monitoring System"


class SubjectRequestKind(TextChoices):
    EXPORT = "export", "Export of everything held"
    ERASURE = "erasure", "Erasure"


class SubjectRequestState(TextChoices):
    WAITING = "waiting", "Waiting for a second manager"  # a manager asks
    APPROVED = "approved", "Approved"  # another manager
    REFUSED = "refused", "Refused"  # another manager

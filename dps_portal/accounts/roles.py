"""Who may do what: one table of roles and permissions (design §2, targets §4)."""

from django.db.models import TextChoices


class Role(TextChoices):
    PROVIDER_OWNER = "provider_owner", "Provider owner"
    PROVIDER_MEMBER = "provider_member", "Provider member"
    ASSESSOR = "assessor", "Assessor"
    ASSESSMENT_MANAGER = "assessment_manager", "Assessment manager"
    COMMISSIONER = "commissioner", "Commissioner (Public Health)"
    PROCUREMENT = "procurement", "Procurement officer"
    EVALUATOR = "evaluator", "Quality evaluator"
    MODERATOR = "moderator", "Moderator"
    FINANCE = "finance", "Finance officer"
    AUDITOR = "auditor", "Auditor"
    SYSTEM_ADMIN = "system_admin", "System administrator"


class Permission(TextChoices):
    """What a page or an act asks for. Rows are narrowed further by ``visible_to``."""

    PUBLIC = "public", "Open to everyone"
    SIGNED_IN = "signed_in", "Any signed-in person"
    # Providers
    VIEW_OWN_PROVIDER = "view_own_provider", "See one's own organisation"
    EDIT_APPLICATION = "edit_application", "Draft an application"
    SUBMIT_APPLICATION = "submit_application", "Submit or withdraw an application"
    VIEW_MEMBERS = "view_members", "See who belongs to an organisation"
    MANAGE_MEMBERS = "manage_members", "Invite and remove members, hand over the organisation"
    MANAGE_ADMISSION = "manage_admission", "Change the price list, leave the system"
    VIEW_APPLICATIONS = "view_applications", "Read applications"
    ASSESS_APPLICATION = "assess_application", "Assess an application and recommend"
    DECIDE_APPLICATION = "decide_application", "Admit or refuse a provider"
    REVIEW_CLAIM = "review_claim", "Review registrations whose number is taken"
    CHECK_COMPLIANCE = "check_compliance", "Check evidence, ask for declarations"
    PROPOSE_MEASURE = "propose_measure", "Recommend a suspension, reinstatement or exclusion"
    DECIDE_MEASURE = "decide_measure", "Decide on another person's recommendation of a measure"
    # The agreement
    VIEW_AGREEMENT = "view_agreement", "See the agreement's rules, options and notices"
    MANAGE_AGREEMENT = "manage_agreement", "Exercise options, change rules and validity"
    RECORD_NOTICE = "record_notice", "Record notices, rounds and public documents"
    ANSWER_QUESTION = "answer_question", "Answer public questions"
    # Tenders
    VIEW_TENDERS = "view_tenders", "See tenders in the council"
    AUTHOR_TENDER = "author_tender", "Draft a tender"
    PUBLISH_TENDER = "publish_tender", "Publish another person's tender"
    ASK_CLARIFICATION = "ask_clarification", "Ask about a tender"
    ANSWER_CLARIFICATION = "answer_clarification", "Answer about a tender"
    VIEW_INVITATIONS = "view_invitations", "See invitations of one's organisation"
    DRAFT_BID = "draft_bid", "Draft a bid"
    SUBMIT_BID = "submit_bid", "Submit or withdraw a bid"
    OPEN_BIDS = "open_bids", "Approve the opening of bids"
    SCORE_BIDS = "score_bids", "Score quality"
    MODERATE_SCORES = "moderate_scores", "Record consensus scores"
    LOCK_QUALITY = "lock_quality", "Lock quality and reveal prices"
    VIEW_EVALUATION = "view_evaluation", "See the ranking once quality is locked"
    RECOMMEND_AWARD = "recommend_award", "Recommend an award"
    APPROVE_AWARD = "approve_award", "Approve an award"
    RECORD_CHALLENGE = "record_challenge", "Record a challenge to an award"
    SETTLE_CHALLENGE = "settle_challenge", "Settle a challenge that another person recorded"
    # Placements
    VIEW_CASES = "view_cases", "See referrals and placements of the caseload"
    MAKE_REFERRAL = "make_referral", "Make, assess and match a referral"
    ALLOCATE_REFERRAL = "allocate_referral", "Allocate referrals"
    ANSWER_OFFER = "answer_offer", "Accept or decline a placement offer"
    MANAGE_PRIVACY = "manage_privacy", "Restrict, correct, hold, export and erase a record"
    VIEW_ACCESSES = "view_accesses", "See who looked at whose record, by reference"
    REQUEST_FUNDING = "request_funding", "Ask for funding"
    VIEW_FUNDING = "view_funding", "See funding requests by reference"
    APPROVE_FUNDING = "approve_funding", "Decide on another person's funding request"
    RECORD_STAY = "record_stay", "Record admission and exit"
    CORRECT_STAY = "correct_stay", "Correct a recorded fact of a stay"
    # Money
    VIEW_BUDGET = "view_budget", "See the ceiling and commitments"
    PROPOSE_CEILING = "propose_ceiling", "Propose an annual ceiling"
    SET_ASSUMPTIONS = "set_assumptions", "Set what the forecast assumes"
    CONFIRM_CEILING = "confirm_ceiling", "Confirm an annual ceiling"
    SET_APPROVAL_LIMIT = "set_approval_limit", "Set up to what amount others may approve funding"
    VIEW_SPEND = "view_spend", "Read and download spend reports"
    VIEW_INVOICES = "view_invoices", "See invoices"
    VIEW_PAYMENTS = "view_payments", "See imported files and what went to the ledger system"
    VIEW_PAYMENT_TIMES = "view_payment_times", "See how long payment takes"
    SUBMIT_INVOICE = "submit_invoice", "Send invoices of one's organisation"
    HANDLE_INVOICES = "handle_invoices", "Enter, match, settle, export and mark as paid"
    DISPUTE_INVOICE = "dispute_invoice", "Dispute an invoice"
    CONFIRM_SERVICE = "confirm_service", "Confirm that what is invoiced was given"
    APPROVE_INVOICE = "approve_invoice", "Approve an invoice that another person entered"
    VIEW_REPORTS = "view_reports", "See the reports that were made, each by its kind"
    VIEW_STATEMENTS = "view_statements", "Read statements: any, or of one's own organisation"
    VIEW_LETTERS = "view_letters", "Read decision letters on the placements one sees"
    # Figures
    VIEW_DASHBOARD = "view_dashboard", "See the figures of one's role"
    VIEW_OUTCOMES = "view_outcomes", "See the rows behind figures, by reference"
    SUBMIT_RETURN = "submit_return", "Send the quarterly return of one's organisation"
    IMPORT_RATES = "import_rates", "Import the rates of other authorities"
    # Oversight
    VIEW_AUDIT = "view_audit", "Search and verify the audit trail"
    VIEW_HEALTH = "view_health", "See system health and jobs"
    MANAGE_ACCOUNTS = "manage_accounts", "Create accounts and propose roles"
    APPROVE_ROLE = "approve_role", "Approve another person's role proposal"


P, R = Permission, Role

GRANTS: dict[Role, frozenset[Permission]] = {
    R.PROVIDER_OWNER: frozenset(
        {P.VIEW_OWN_PROVIDER, P.EDIT_APPLICATION, P.SUBMIT_APPLICATION, P.VIEW_INVITATIONS}
        | {P.ASK_CLARIFICATION, P.DRAFT_BID, P.SUBMIT_BID, P.ANSWER_OFFER}
        | {P.VIEW_MEMBERS, P.MANAGE_MEMBERS, P.MANAGE_ADMISSION, P.VIEW_DASHBOARD}
        | {P.VIEW_INVOICES, P.SUBMIT_INVOICE, P.SUBMIT_RETURN}
        | {P.VIEW_STATEMENTS, P.VIEW_LETTERS, P.VIEW_REPORTS}
    ),
    R.PROVIDER_MEMBER: frozenset(
        {P.VIEW_OWN_PROVIDER, P.EDIT_APPLICATION, P.VIEW_INVITATIONS, P.ASK_CLARIFICATION}
        | {P.DRAFT_BID, P.ANSWER_OFFER, P.VIEW_MEMBERS, P.VIEW_DASHBOARD, P.SUBMIT_RETURN}
    ),
    R.ASSESSOR: frozenset(
        {P.VIEW_CASES, P.MAKE_REFERRAL, P.REQUEST_FUNDING, P.VIEW_FUNDING, P.RECORD_STAY}
        | {P.VIEW_LETTERS, P.VIEW_REPORTS, P.VIEW_DASHBOARD, P.VIEW_OUTCOMES}
    ),
    R.ASSESSMENT_MANAGER: frozenset(
        {P.VIEW_CASES, P.MAKE_REFERRAL, P.ALLOCATE_REFERRAL, P.REQUEST_FUNDING, P.VIEW_FUNDING}
        | {P.APPROVE_FUNDING, P.RECORD_STAY, P.VIEW_BUDGET, P.VIEW_SPEND, P.APPROVE_ROLE}
        | {P.MANAGE_PRIVACY, P.VIEW_ACCESSES, P.CORRECT_STAY}
        | {P.VIEW_INVOICES, P.DISPUTE_INVOICE, P.CONFIRM_SERVICE}
        | {P.VIEW_STATEMENTS, P.VIEW_LETTERS, P.VIEW_REPORTS}
        | {P.VIEW_DASHBOARD, P.VIEW_OUTCOMES}
    ),
    R.COMMISSIONER: frozenset(
        {P.VIEW_APPLICATIONS, P.DECIDE_APPLICATION, P.VIEW_TENDERS, P.AUTHOR_TENDER}
        | {P.PUBLISH_TENDER, P.OPEN_BIDS, P.VIEW_EVALUATION, P.APPROVE_AWARD, P.VIEW_FUNDING}
        | {P.APPROVE_FUNDING, P.VIEW_BUDGET, P.PROPOSE_CEILING, P.VIEW_SPEND, P.APPROVE_ROLE}
        | {P.CHECK_COMPLIANCE, P.DECIDE_MEASURE, P.VIEW_AGREEMENT, P.MANAGE_AGREEMENT}
        | {P.SETTLE_CHALLENGE, P.SET_ASSUMPTIONS, P.VIEW_STATEMENTS, P.VIEW_LETTERS, P.VIEW_REPORTS}
        | {P.VIEW_DASHBOARD, P.VIEW_OUTCOMES, P.IMPORT_RATES, P.VIEW_PAYMENT_TIMES}
    ),
    R.PROCUREMENT: frozenset(
        {P.VIEW_APPLICATIONS, P.ASSESS_APPLICATION, P.VIEW_TENDERS, P.AUTHOR_TENDER}
        | {P.PUBLISH_TENDER, P.ANSWER_CLARIFICATION, P.OPEN_BIDS, P.LOCK_QUALITY}
        | {P.VIEW_EVALUATION, P.RECOMMEND_AWARD, P.VIEW_BUDGET, P.VIEW_SPEND, P.APPROVE_ROLE}
        | {P.REVIEW_CLAIM, P.CHECK_COMPLIANCE, P.PROPOSE_MEASURE, P.VIEW_AGREEMENT}
        | {P.RECORD_NOTICE, P.ANSWER_QUESTION, P.VIEW_MEMBERS}
        | {P.RECORD_CHALLENGE, P.SETTLE_CHALLENGE, P.VIEW_REPORTS}
        | {P.VIEW_DASHBOARD, P.VIEW_OUTCOMES, P.IMPORT_RATES}
    ),
    R.EVALUATOR: frozenset({P.VIEW_TENDERS, P.SCORE_BIDS}),
    R.MODERATOR: frozenset({P.VIEW_TENDERS, P.MODERATE_SCORES, P.VIEW_EVALUATION}),
    R.FINANCE: frozenset(
        {P.VIEW_FUNDING, P.VIEW_BUDGET, P.CONFIRM_CEILING, P.VIEW_SPEND, P.VIEW_AGREEMENT}
        | {P.SET_APPROVAL_LIMIT, P.VIEW_INVOICES, P.HANDLE_INVOICES, P.DISPUTE_INVOICE}
        | {P.APPROVE_INVOICE, P.VIEW_PAYMENTS, P.VIEW_STATEMENTS, P.VIEW_REPORTS}
        | {P.VIEW_DASHBOARD, P.VIEW_OUTCOMES, P.VIEW_PAYMENT_TIMES}
    ),
    R.AUDITOR: frozenset(
        {P.VIEW_APPLICATIONS, P.VIEW_TENDERS, P.VIEW_EVALUATION, P.VIEW_FUNDING, P.VIEW_BUDGET}
        | {P.VIEW_SPEND, P.VIEW_AUDIT, P.VIEW_HEALTH, P.VIEW_AGREEMENT, P.VIEW_MEMBERS}
        | {P.VIEW_ACCESSES, P.VIEW_INVOICES, P.VIEW_PAYMENTS, P.VIEW_STATEMENTS, P.VIEW_REPORTS}
        | {P.VIEW_DASHBOARD, P.VIEW_OUTCOMES, P.VIEW_PAYMENT_TIMES}
    ),
    R.SYSTEM_ADMIN: frozenset({P.VIEW_HEALTH, P.MANAGE_ACCOUNTS}),
}

PROVIDER_ROLES = frozenset({R.PROVIDER_OWNER, R.PROVIDER_MEMBER})
COUNCIL_ROLES = frozenset(Role) - PROVIDER_ROLES

# Roles that one person may never hold together (targets §4, rules 2, 10 and 14).
TOXIC_PAIRS = frozenset(
    frozenset(pair)
    for pair in [
        *((alone, other) for alone in (R.AUDITOR, R.SYSTEM_ADMIN) for other in Role),
        *((provider, council) for provider in PROVIDER_ROLES for council in COUNCIL_ROLES),
        (R.FINANCE, R.ASSESSMENT_MANAGER),
        (R.EVALUATOR, R.MODERATOR),
    ]
    if len(set(pair)) > 1
)


def permissions_of(roles) -> frozenset[Permission]:
    """Everything that any of the roles grants, and what comes with being signed in."""
    return frozenset({P.PUBLIC, P.SIGNED_IN}).union(*(GRANTS[Role(role)] for role in roles))


def objections_to_role(held, role: Role) -> list[str]:
    """Why a person who holds ``held`` may not be given ``role`` as well."""
    return [
        f"One person may not be {Role(other).label} and {role.label}."
        for other in sorted(held)
        if frozenset({Role(other), role}) in TOXIC_PAIRS
    ]

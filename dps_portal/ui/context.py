"""What every page knows: whose portal this is, who is signed in, and where they may go."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class NavigationItem:
    text: str
    url: str
    current: bool


# The service navigation: text, page, and the permission it needs (None is open to everyone).
NAVIGATION = (
    ("Home", "home", "signed_in"),
    ("The opportunity", "publication:opportunity", None),
    ("Our organisation", "providers:own_provider", "view_own_provider"),
    ("Invitations", "tenders:invitation_list", "view_invitations"),
    ("Offers", "placements:offer_list", "answer_offer"),
    ("Returns", "reports:return_list", "submit_return"),
    ("Applications", "providers:application_list", "view_applications"),
    ("Providers", "providers:provider_list", "view_applications"),
    ("Agreement", "agreements:agreement_list", "view_agreement"),
    ("Tenders", "tenders:tender_list", "view_tenders"),
    ("Contracts", "tenders:contract_list", "view_agreement"),
    ("Referrals", "placements:referral_list", "view_cases"),
    ("Placements", "placements:placement_list", "view_cases"),
    ("Find a person", "placements:find_person", "view_cases"),
    ("Records", "placements:access_list", "view_accesses"),
    ("Funding", "placements:request_list", "view_funding"),
    ("Invoices", "placements:invoice_list", "view_invoices"),
    ("Budgets", "placements:budget_list", "view_budget"),
    ("Dashboard", "reports:dashboard", "view_dashboard"),
    ("Reports", "reports:spend", "view_spend"),
    ("Statements", "reports:statement", "submit_invoice"),
    ("Audit", "reports:auditor_desk", "view_audit"),
    ("Accounts", "accounts:account_list", "manage_accounts"),
)


def navigation(user, path: str) -> list[NavigationItem]:
    """The pages that ``user`` may open; the one whose address leads to ``path`` is current."""
    signed_in = user is not None and user.is_authenticated
    places = []
    for text, name, permission in NAVIGATION:
        if permission is None or (signed_in and user.may(permission)):
            try:
                places.append((text, reverse(name)))
            except NoReverseMatch:
                continue  # an app that is not installed has no place in the menu
    current = max((url for _, url in places if path.startswith(url)), key=len, default=None)
    if current == "/" != path:
        current = None
    return [NavigationItem(text, url, url == current) for text, url in places]


def portal(request):
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "council_name": settings.COUNCIL_NAME,
        "portal_name": settings.PORTAL_NAME,
        "demo": settings.DEMO,
        "navigation": navigation(user, request.path),
        "user_name": user.get_full_name() if signed_in else "",
        "user_roles": ", ".join(sorted(role.label for role in user.roles)) if signed_in else "",
    }

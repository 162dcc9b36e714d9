"""The invented people of the demonstration council, and how they sign in."""

from datetime import datetime
from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import COUNCIL_ROLES, Role
from dps_portal.accounts.services import grant_role

PASSWORD = "harbour-lantern-42"  # noqa: S105 - printed by `make run`; refused in production
DOMAIN = "northhaven.example"

# Two of each role, since most decisions take two people.
COUNCIL = {
    Role.ASSESSOR: ("Ada Thorne", "Bilal Reyes"),
    Role.ASSESSMENT_MANAGER: ("Carys Molyneux", "Dev Okonjo"),
    Role.COMMISSIONER: ("Elin Strand", "Farid Castellan"),
    Role.PROCUREMENT: ("Grace Adeyemi-Lund", "Huw Pettigrew"),
    Role.EVALUATOR: ("Imani Vos", "Jonas Whitlock"),
    Role.MODERATOR: ("Kezia Brandt", "Lorcan Dunmore"),
    Role.FINANCE: ("Mira Solberg", "Nikhil Farrow"),
    Role.AUDITOR: ("Orla Fenwick", "Petra Iglesias"),
    Role.SYSTEM_ADMIN: ("Quentin Marsh", "Rhian Calloway"),
}
APPROVAL_LIMIT_PENCE = {Role.ASSESSMENT_MANAGER: 1_500_000, Role.COMMISSIONER: 5_000_000}


def email(role: Role, number: int) -> str:
    return f"{role.replace('_', '-')}{number}@{DOMAIN}"


@cache
def hashed() -> str:
    """One hash for everybody: the password is public, and hashing is slow on purpose."""
    return make_password(PASSWORD)


def make_person(address: str, name: str, **facts) -> User:
    """Somebody whose address is verified and who signs in with the demonstration password."""
    user = User.objects.create(email=address, password=hashed(), name=name, **facts)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_council(*, at: datetime) -> dict[Role, list[User]]:
    council = {}
    for role, names in COUNCIL.items():
        council[role] = [
            make_person(
                email(role, number), name, approval_limit_pence=APPROVAL_LIMIT_PENCE.get(role)
            )
            for number, name in enumerate(names, start=1)
        ]
        for user in council[role]:
            grant_role(user=user, role=role, proposed_by=None, by=None, at=at)
    return council


def sign_ins() -> dict[Role, list[User]]:
    """At most two people of each role who can sign in to the demonstration."""
    people = {}
    for role in Role:
        domain = f"@{DOMAIN}" if role in COUNCIL_ROLES else ".example"
        people[role] = list(
            User.objects.filter(
                grants__role=role, grants__ended_at=None, email__endswith=domain
            ).order_by("pk")[:2]
        )
    return people

"""``manage.py make_account``: the first accounts, when there is nobody yet to propose them."""

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import COUNCIL_ROLES, Role
from dps_portal.accounts.services import grant_role
from dps_portal.refusals import Refused


class Command(BaseCommand):
    help = "Makes a council account with a role; its owner sets the password by 'forgot password'."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("role", choices=sorted(COUNCIL_ROLES))

    @transaction.atomic
    def handle(self, *, email, name, role, **options):
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            user = User.objects.create_user(email, name=name)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        try:
            grant_role(user=user, role=Role(role), proposed_by=None, by=None, at=timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{user.email} is now {Role(role).label}.")

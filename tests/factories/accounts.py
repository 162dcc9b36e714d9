"""People with roles."""

import factory
from django.utils import timezone

from dps_portal.accounts.models import RoleGrant, User


class UserFactory(factory.django.DjangoModelFactory):
    """``UserFactory(roles=[Role.ASSESSOR])``; without roles a person may do nothing."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")

    @factory.post_generation
    def roles(self, create, roles, **kwargs):
        for role in roles or ():
            RoleGrant.objects.create(user=self, role=role, granted_at=timezone.now())

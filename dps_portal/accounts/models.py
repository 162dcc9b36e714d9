"""People who sign in, and the roles they hold."""

from functools import cached_property
from secrets import SystemRandom

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from .roles import Permission, Role, permissions_of

references = SystemRandom()  # the demonstration puts a seeded one here while it is made
REF_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def random_ref(prefix: str) -> str:
    """A reference that says nothing of its subject: ``U-7KQ2MX4C``."""
    return f"{prefix}-{''.join(references.choice(REF_LETTERS) for _ in range(8))}"


def user_ref() -> str:
    return random_ref("U")


class UserQuerySet(models.QuerySet):
    def with_permission(self, permission: Permission):
        """People who may act on ``permission`` today."""
        roles = [role for role in Role if permission in permissions_of([role])]
        return self.filter(is_active=True, grants__role__in=roles, grants__ended_at=None).distinct()


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, email, password=None, **facts):
        user = self.model(email=self.normalize_email(email).lower(), **facts)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """A person. Nothing here opens data: only roles do, and there is no superuser."""

    ref = models.CharField(max_length=16, unique=True, default=user_ref, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    approval_limit_pence = models.BigIntegerField(null=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="approval_limit_positive",
                condition=Q(approval_limit_pence=None) | Q(approval_limit_pence__gt=0),
            ),
        ]

    def __str__(self):
        return self.ref

    def get_full_name(self):
        return self.name

    @cached_property
    def roles(self) -> frozenset[Role]:
        return frozenset(
            Role(role) for role in self.grants.filter(ended_at=None).values_list("role", flat=True)
        )

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        return permissions_of(self.roles)

    def may(self, permission: Permission) -> bool:
        return self.is_active and permission in self.permissions


class RoleGrant(models.Model):
    """A role held from a moment until it is ended; rows are closed, never deleted."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=24, choices=Role)
    granted_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="role_held_once", fields=["user", "role"], condition=Q(ended_at=None)
            ),
            models.CheckConstraint(
                name="role_grant_by_two_people",
                condition=Q(proposed_by=None) | ~Q(proposed_by=F("approved_by")),
            ),
        ]

    def __str__(self):
        return f"{self.user} {self.role}"

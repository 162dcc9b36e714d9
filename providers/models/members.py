"""The people of an organisation, and the invitations to join it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from providers import rules

from .organisations import Provider

USER = settings.AUTH_USER_MODEL


class MembershipQuerySet(models.QuerySet):
    def current(self):
        return self.filter(ended_at=None)

    def matching_text(self, text):
        return self.filter(Q(user__name__icontains=text) | Q(user__email__icontains=text))

    def owner_first(self):
        return self.order_by("-is_owner", "user__name", "pk")


class Membership(models.Model):
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(USER, models.PROTECT, related_name="memberships")
    is_owner = models.BooleanField()
    joined_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="member_of_one_provider", fields=["user"], condition=Q(ended_at=None)
            ),
            models.UniqueConstraint(
                name="one_owner_of_a_provider",
                fields=["provider"],
                condition=Q(ended_at=None, is_owner=True),
            ),
        ]

    def __str__(self):
        return f"{self.provider} {self.user}"


class MemberInvitationQuerySet(models.QuerySet):
    def by_link(self, token):
        """The invitation of a link, whatever has become of it."""
        return self.filter(token_sha256=rules.token_sha256(token))

    def open(self):
        """Neither used nor cancelled; it may have expired."""
        return self.filter(accepted_at=None, cancelled_at=None)

    def newest_first(self):
        return self.order_by("-invited_at", "-pk")


class MemberInvitation(models.Model):
    """An invitation to join, bound to one address; used once, before it expires."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="member_invitations")
    email = models.EmailField()
    token_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    objects = MemberInvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_invitation_of_an_address",
                fields=["provider", "email"],
                condition=Q(accepted_at=None, cancelled_at=None),
            ),
            models.CheckConstraint(
                name="invitation_accepted_by_somebody",
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, cancelled_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.provider} invitation {self.pk}"

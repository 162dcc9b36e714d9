"""Who may reach a person's record, and who did (design D10, money.md §11)."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dps_portal.accounts.models import random_ref
from dps_portal.accounts.roles import Permission
from placements.states import AccessKind, AccessPurpose

USER = settings.AUTH_USER_MODEL


def break_glass_ref() -> str:
    return random_ref("BG")


class SpellQuerySet(models.QuerySet):
    def open(self):
        return self.filter(ended_at=None)


class Spell(models.Model):
    """Something that holds for a person from a moment until it is ended; never deleted."""

    person = models.ForeignKey("placements.Person", models.PROTECT, related_name="%(class)ss")
    reason = models.TextField()
    set_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    ended_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)

    objects = SpellQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                name="one_open_%(class)s_per_person",
                fields=["person"],
                condition=Q(ended_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.person} since {self.set_at:%Y-%m-%d}"


class Restriction(Spell):
    """While it stands, only those on the person's list of readers find the record."""


class Hold(Spell):
    """A legal hold: while it stands, nothing of the person's record is erased."""


class Reader(models.Model):
    """Somebody on the list of those who may see a restricted person's record."""

    person = models.ForeignKey("placements.Person", models.PROTECT, related_name="readers")
    user = models.ForeignKey(USER, models.PROTECT, related_name="+")
    set_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    ended_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = SpellQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="reader_named_once", fields=["person", "user"], condition=Q(ended_at=None)
            ),
        ]

    def __str__(self):
        return f"{self.person} {self.user}"


class BreakGlassQuerySet(models.QuerySet):
    def visible_to(self, user):
        """By reference, to those who review them and to the auditor."""
        return self if user.may(Permission.VIEW_ACCESSES) else self.none()

    def open_for(self, user, at: datetime | None):
        """Those whose hours run at ``at``; without a moment there are none."""
        return self.filter(user=user, until__gt=at) if at else self.none()

    def matching_text(self, text):
        return self.filter(
            Q(reference__icontains=text)
            | Q(person__reference__icontains=text)
            | Q(user__ref__icontains=text)
        )

    def newest_first(self):
        return self.order_by("-at", "-pk")


class BreakGlass(models.Model):
    """A case opened for some hours to somebody whose case it is not, and why (targets §4, 32)."""

    reference = models.CharField(
        max_length=16, unique=True, default=break_glass_ref, editable=False
    )
    person = models.ForeignKey("placements.Person", models.PROTECT, related_name="break_glasses")
    user = models.ForeignKey(USER, models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()
    until = models.DateTimeField()
    reviewed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    is_justified = models.BooleanField(null=True)
    review_note = models.TextField(blank=True)

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="break_glass_ends", condition=Q(until__gt=F("at"))),
            models.CheckConstraint(
                name="break_glass_reviewed_by_another_person",
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("user")),
            ),
        ]

    def __str__(self):
        return self.reference

    def get_review_url(self):
        return reverse("placements:review_break_glass", args=[self.reference])


class PersonAccessQuerySet(models.QuerySet):
    def visible_to(self, user):
        """By reference, to managers and the auditor."""
        return self if user.may(Permission.VIEW_ACCESSES) else self.none()

    def newest_first(self):
        return self.order_by("-at", "-pk")


class PersonAccess(models.Model):
    """Who saw what of a person, when and why: one row a view, never changed.

    ``purpose`` is blank where the page asks for none: a restricted record, or by break-glass.
    """

    person = models.ForeignKey("placements.Person", models.PROTECT, related_name="accesses")
    user = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=AccessKind, default=AccessKind.IDENTITY)
    purpose = models.CharField(max_length=16, choices=AccessPurpose, blank=True)

    objects = PersonAccessQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "-at"], name="access_of_person")]

    def __str__(self):
        return f"{self.person} {self.user}"


def within_reach(user, person: str, at: datetime | None, *, otherwise: Q) -> Q:
    """Rows that ``otherwise`` gives the user, by what stands for their person at ``at``.

    A restriction takes them from everybody who is not on its list; break-glass gives them to the
    one who broke it. ``person`` is the path to the person. Pages of one record say at which moment
    they ask; lists do not, so that what break-glass opens is not listed.
    """
    readers = Reader.objects.open().filter(user=user).values("person")
    kept = Restriction.objects.open().exclude(person__in=readers).values("person")
    opened = BreakGlass.objects.open_for(user, at).values("person")
    return (otherwise & ~Q(**{f"{person}__in": kept})) | Q(**{f"{person}__in": opened})

"""The audit trail: one chain of events, each holding the hash of the one before (design D8)."""

import hashlib
import json

from django.conf import settings
from django.db import models

GENESIS = "0" * 64


class AuditEventQuerySet(models.QuerySet):
    def about(self, subject):
        return self.filter(subject_type=subject._meta.label_lower, subject_ref=str(subject))

    def in_order(self):
        return self.order_by("seq")


class AuditEvent(models.Model):
    """Who did what to which thing, when: ids and facts only, never clinical text or names.

    Actor and subject are kept as text as well, so that the record outlives the rows.
    """

    seq = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_ref = models.CharField(max_length=64)
    action = models.CharField(max_length=64, db_index=True)
    subject_type = models.CharField(max_length=64)
    subject_ref = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)
    prev_hash = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_ref"], name="audit_subject")]

    def __str__(self):
        return f"{self.seq} {self.action}"

    def digest(self) -> str:
        """SHA-256 over every fact of the row and the hash before it, in canonical JSON."""
        facts = [
            self.seq,
            self.at.isoformat(),
            self.actor_id,
            self.actor_ref,
            self.action,
            self.subject_type,
            self.subject_ref,
            self.facts,
            self.prev_hash,
        ]
        text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


class AuditHead(models.Model):
    """The single row that every writer locks, so that the chain cannot fork."""

    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        constraints = [models.CheckConstraint(name="one_audit_head", condition=models.Q(pk=1))]

    def __str__(self):
        return self.hash

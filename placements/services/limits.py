"""Up to what cost a person may approve funding: set by finance, never one's own (R24)."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit import trail
from dps_portal.notifications.services import notify
from dps_portal.refusals import refuse_if
from placements import rules
from placements.models import ApprovalLimit


@transaction.atomic
def set_approval_limit(
    *, person: User, limit_pence: int | None, reason: str, by: User, at: datetime
) -> ApprovalLimit:
    """Holds from the next decision on; ``None`` takes the authority away. The person is told."""
    person = User.objects.select_for_update().get(pk=person.pk)
    was = person.approval_limit_pence
    refuse_if(
        rules.objections_to_limit(
            is_own=person == by,
            may_approve=person.may(Permission.APPROVE_FUNDING),
            is_changed=limit_pence != was,
        )
    )
    person.approval_limit_pence = limit_pence
    person.save(update_fields=["approval_limit_pence"])
    limit = ApprovalLimit.objects.create(
        person=person, pence=limit_pence, reason=reason, set_by=by, set_at=at
    )
    notify(
        person,
        "placements/emails/approval_limit_set.txt",
        at=at,
        path=reverse("placements:approval_limit_list"),
    )
    trail.record("approval_limit.set", person, by=by, at=at, was=was, pence=limit_pence)
    return limit

"""What an agreement settles for its placements, changed by a commissioner with a reason."""

from datetime import datetime
from typing import Any

from django.db import transaction

from dps_portal.accounts.models import User
from dps_portal.agreements import placing
from dps_portal.agreements.models import Agreement, SettingChange
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if

from .profile import lock_agreement


@transaction.atomic
def set_placement_settings(
    *, agreement: Agreement, values: dict[str, Any], reason: str, by: User, at: datetime
) -> Agreement:
    """``values`` holds each of ``placing.SETTINGS``; what is changed holds from now on.

    Nothing approved moves: its nights, its price and the nights charged at least stand with it.
    """
    agreement = lock_agreement(agreement)
    changed = {
        name: (getattr(agreement, name), value)
        for name, value in values.items()
        if value != getattr(agreement, name)
    }
    refuse_if(placing.objections_to_settings(values, is_changed=bool(changed)))
    for name, value in values.items():
        setattr(agreement, name, value)
    agreement.save()
    SettingChange.objects.bulk_create(
        SettingChange(
            agreement=agreement,
            setting=name,
            before=placing.in_words(before),
            after=placing.in_words(after),
            reason=reason,
            by=by,
            at=at,
        )
        for name, (before, after) in changed.items()
    )
    trail.record(
        "agreement.placement_settings_set", agreement, by=by, at=at, reason=reason, **changed
    )
    return agreement

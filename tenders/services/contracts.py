"""What happens to a contract after its award."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.agreements.models import NoticeKind, NoticeTask
from dps_portal.agreements.rules import Quarter
from dps_portal.audit import trail
from dps_portal.notifications.services import notify_each
from dps_portal.refusals import refuse_if
from tenders import rules
from tenders.models import Contract, ContractExtension


def objections_to_contract_option(contract: Contract, at: datetime) -> list[str]:
    return rules.objections_to_contract_option(
        options_left=contract.options - contract.options_taken,
        end=contract.end,
        end_after=contract.end_after_option,
        hard_stop=contract.lot.agreement.hard_stop,
        today=timezone.localdate(at),
    )


@transaction.atomic
def exercise_contract_option(
    *, contract: Contract, reason: str, by: User, at: datetime
) -> ContractExtension:
    """Lengthen the contract by one of the options published with its tender (PCR 72(1)(a))."""
    rows = Contract.objects.select_for_update(of=("self",))
    contract = rows.select_related("lot__agreement", "award__tender", "provider").get(
        pk=contract.pk
    )
    refuse_if(objections_to_contract_option(contract, at))
    extension = ContractExtension.objects.create(
        contract=contract,
        end_before=contract.end,
        end_after=contract.end_after_option,
        reason=reason,
        by=by,
        at=at,
    )
    contract.end = extension.end_after
    contract.options_taken += 1
    contract.save()
    notify_each(
        contract.provider.people(),
        "tenders/emails/contract_extended.txt",
        at=at,
        contract=contract,
        last_day=contract.last_day,
    )
    trail.record(
        "contract.option_exercised",
        contract,
        by=by,
        at=at,
        number=contract.options_taken,
        end_before=extension.end_before.isoformat(),
        end_after=extension.end_after.isoformat(),
    )
    return extension


def notice_of(contract: Contract) -> NoticeTask | None:
    """The notice that is owed for the quarter of the award (R2.16)."""
    quarter = Quarter.of(timezone.localdate(contract.award.approved_at))
    return NoticeTask.objects.filter(
        agreement=contract.lot.agreement,
        kind=NoticeKind.QUARTERLY_AWARD,
        due_on=quarter.notice_due,
    ).first()

"""Contracts made by an award, and what happens to them after it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dps_portal.accounts.models import User
from dps_portal.agreements.models import NoticeKind, NoticeTask
from dps_portal.agreements.rules import Quarter
from dps_portal.agreements.services import owe_quarterly_notice
from dps_portal.audit import trail
from dps_portal.notifications.services import notify_each
from dps_portal.refusals import refuse_if
from providers.models import Rate
from providers.services import set_rate
from providers.states import RateSource
from tenders import rules
from tenders.models import Award, Contract, ContractExtension
from tenders.states import TenderState

from .ranking import Place, ranking


def conclude(award: Award, *, by: User, at: datetime) -> list[Contract]:
    """Contracts and their prices for the awarded bids, and the notice that is owed for them.

    In the caller's transaction, which holds the lock on the tender.
    """
    tender = award.tender
    award.confirmed_by, award.confirmed_at = by, at
    award.save()
    tender.state = TenderState.AWARDED
    tender.save()
    won = [place for place in ranking(tender) if place.bid.award_id == award.pk]
    contracts = [_make_contract(award, place, by=by, at=at) for place in won]
    owe_quarterly_notice(agreement=tender.lot.agreement, award_day=timezone.localdate(at))
    return contracts


def _make_contract(award: Award, place: Place, *, by: User, at: datetime) -> Contract:
    tender = award.tender
    contract = Contract.objects.create(
        award=award,
        provider=place.bid.provider,
        lot=tender.lot,
        start=tender.contract_start,
        end=tender.contract_end,
        **place.paid.parts,
        options=tender.options,
        option_months=tender.option_months,
    )
    _put_price_in_force(contract, by=by, at=at)
    return contract


def _put_price_in_force(contract: Contract, *, by: User, at: datetime) -> None:
    """From the contract's first day the price of the award holds, unless it holds anyway."""
    rates = Rate.objects.filter(provider=contract.provider, lot=contract.lot)
    rate = rates.in_force(contract.start).first()
    if rate is None or rate.weekly_pence != contract.weekly_pence:
        set_rate(
            provider=contract.provider,
            lot=contract.lot,
            effective_from=contract.start,
            weekly_pence=contract.weekly_pence,
            source=RateSource.AWARD,
            by=by,
            at=at,
        )


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
    quarter = Quarter.of(timezone.localdate(contract.award.confirmed_at))
    return NoticeTask.objects.filter(
        agreement=contract.lot.agreement,
        kind=NoticeKind.QUARTERLY_AWARD,
        due_on=quarter.notice_due,
    ).first()

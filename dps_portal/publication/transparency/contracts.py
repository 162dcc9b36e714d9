"""The contracts register (Transparency Code, R5.4): the system, and what is under it."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from dps_portal.agreements.models import Agreement
from dps_portal.clock import ONE_DAY, add_months, year_label, year_start
from dps_portal.money import pounds
from dps_portal.publication import ocds, registers, rules
from tenders.models import Contract

from .columns import (
    CATEGORY,
    CONTRACT_COLUMNS,
    NO,
    NOTHING,
    YES,
    buyer_and_kind,
)
from .orders import Orders, orders_by_agreement

ALL_ADMITTED = "Every provider admitted to the system"
OTHERS = "Providers that are not named by themselves"
ORDERS = (
    "Placement orders of more than £5,000 each, added up for the year. None is listed by itself, "
    "since it would be about one person."
)


def shared(agreement: Agreement) -> dict:
    return buyer_and_kind(agreement) | {
        "ProcurementCategory": CATEGORY,
        "FixedCost": NO,
        "IrrecoverableVAT": NOTHING,
        "ContactURL": ocds.address("agreement", agreement.reference),
        "AreaServedLabel": agreement.authority,
    }


def review_of(agreement: Agreement, today: date) -> date:
    """The last day to exercise the next option; without one, the last day of the term."""
    days = [
        option.exercise_by
        for option in agreement.options.all()
        if option.exercised_on is None and option.exercise_by >= today
    ]
    return min(days, default=agreement.last_day)


def system_row(agreement: Agreement, today: date) -> list:
    longest = max([agreement.end, *(option.end for option in agreement.options.all())])
    facts = shared(agreement) | {
        "ContractReference": agreement.reference,
        "OpenContractingID": ocds.ocid_of(agreement),
        "ContractTitle": agreement.title,
        "ContractType": "Dynamic purchasing system",
        "Description": agreement.description,
        "StartDate": agreement.start.isoformat(),
        "EndDate": agreement.last_day.isoformat(),
        "ReviewDate": review_of(agreement, today).isoformat(),
        "LastExtensionDate": (longest - ONE_DAY).isoformat(),
        "ContractValue": Decimal(pounds(agreement.published_value_pence)),
        "SupplierName": ALL_ADMITTED,
        "ProcessType": f"Dynamic purchasing system: {agreement.regime.name}",
        "TenderDocumentURL": ocds.address("document_list", agreement.reference),
    }
    return [facts.get(column) for column in CONTRACT_COLUMNS]


def contract_row(contract: Contract) -> list:
    provider, tender = contract.provider, contract.tender
    left = contract.options - contract.options_taken
    longest = add_months(contract.end, left * contract.option_months)
    facts = shared(contract.lot.agreement) | {
        "ContractReference": contract.reference,
        "OpenContractingID": ocds.ocid_of(tender),
        "ContractTitle": tender.title,
        "ContractType": "Contract under a dynamic purchasing system",
        "Description": tender.need,
        "StartDate": contract.start.isoformat(),
        "EndDate": contract.last_day.isoformat(),
        "ReviewDate": contract.last_day.isoformat(),
        "LastExtensionDate": (longest - ONE_DAY).isoformat(),
        "ContractValue": Decimal(pounds(contract.value_pence)),
        "SupplierName": provider.name,
        "CompaniesHouseRegistrationNumber": provider.company_number,
        "CharityCommissionNumber": provider.charity_number,
        "OtherSupplierID": provider.reference,
        "VCSESupplier": YES if provider.charity_number else NO,
        "VCSESupplierType": "Registered charity" if provider.charity_number else None,
        "ProcessType": "Mini-competition among all providers admitted to the lot",
        "TenderDocumentURL": ocds.address("tender", tender.reference),
    }
    return [facts.get(column) for column in CONTRACT_COLUMNS]


def orders_row(agreement: Agreement, orders: Orders) -> list:
    provider, label = orders.provider, year_label(orders.year)
    last = (year_start(orders.year + 1) - ONE_DAY).isoformat()
    whose = provider.reference if provider else "others"
    facts = shared(agreement) | {
        "ContractReference": f"{agreement.reference}-{orders.year}-{whose}",
        "OpenContractingID": ocds.ocid_of(agreement),
        "ContractTitle": f"Places in {label}",
        "ContractType": "Placement orders, added up",
        "Description": ORDERS,
        "StartDate": year_start(orders.year).isoformat(),
        "EndDate": last,
        "ReviewDate": last,
        "ContractValue": Decimal(pounds(orders.pence)),
        "SupplierName": provider.name if provider else OTHERS,
        "CompaniesHouseRegistrationNumber": provider and provider.company_number,
        "CharityCommissionNumber": provider and provider.charity_number,
        "OtherSupplierID": provider and provider.reference,
        "VCSESupplier": YES if provider and provider.charity_number else NO,
        "ProcessType": "Called off under the dynamic purchasing system",
    }
    return [facts.get(column) for column in CONTRACT_COLUMNS]


def contract_rows(today: date) -> Iterator[list]:
    """Each system, its contracts, the newest first, and what was ordered place by place."""
    contracts: dict[int, list[Contract]] = defaultdict(list)
    public = registers.contracts().filter(lot__agreement__published=True)
    for contract in public.select_related("lot__agreement"):
        contracts[contract.lot.agreement_id].append(contract)
    orders = orders_by_agreement()
    for agreement in ocds.public_agreements():
        if rules.is_registered_contract(agreement.published_value_pence):
            yield system_row(agreement, today)
        for contract in contracts[agreement.pk]:
            if rules.is_registered_contract(contract.value_pence):
                yield contract_row(contract)
        for one in orders.get(agreement.pk, ()):
            yield orders_row(agreement, one)

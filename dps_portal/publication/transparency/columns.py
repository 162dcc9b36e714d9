"""The columns of the Local Government Association's schemas, in its order, and what fills many."""

from decimal import Decimal

from django.conf import settings

from dps_portal.agreements.models import Agreement
from providers.models import Provider

SPEND_COLUMNS = (
    *("OrganisationLabel", "OrganisationURI", "OrganisationalUnit", "ServiceCategoryLabel"),
    *("ServiceCategoryURI", "BeneficiaryName", "BeneficiaryOtherID"),
    *("CompaniesHouseRegistrationNumber", "CharityCommissionNumber", "VCSEGrant", "PaymentDate"),
    *("TransactionNumber", "Amount", "IrrecoverableVATAmount", "Purpose", "CategoryInternalName"),
    *("CPVLabel", "CPVCode", "ProclassLabel", "ProclassCode", "CardTransaction", "ContractRef"),
)
CONTRACT_COLUMNS = (
    *("OrganisationLabel", "OrganisationURI", "ContractReference", "OpenContractingID"),
    *("ContractTitle", "ContractType", "OrganisationalUnit", "ServiceCategoryLabel"),
    *("ServiceCategoryURI", "Description", "ProcurementCategory", "CPVLabel", "CPVCode"),
    *("ProclassLabel", "ProclassCode", "StartDate", "EndDate", "ReviewDate", "LastExtensionDate"),
    *("ContractValue", "FixedCost", "IrrecoverableVAT", "SupplierName"),
    *("CompaniesHouseRegistrationNumber", "CharityCommissionNumber", "OtherSupplierID"),
    *("SMESupplier", "VCSESupplier", "VCSESupplierType", "ContactName", "ContactEmail"),
    *("ContactURL", "ProcessType", "TenderDocumentURL", "ContractDocumentURL"),
    *("PerformanceInformationURL", "AreaServedLabel", "AreaServedURI"),
)
UNIT = "Public Health"
CATEGORY = "Residential rehabilitation"
CPV_LABELS = {"85144000": "Residential health facilities services"}
YES, NO = "true", "false"
NOTHING = Decimal("0.00")
REDACTED = "REDACTED PERSONAL DATA"


def buyer_and_kind(agreement: Agreement | None) -> dict:
    """What both files say of whoever bought, and of what; a payment may have no agreement."""
    return {
        "OrganisationLabel": agreement.authority if agreement else settings.COUNCIL_NAME,
        "OrganisationURI": settings.COUNCIL_URI,
        "OrganisationalUnit": UNIT,
        "ServiceCategoryLabel": UNIT,
        "CPVLabel": CPV_LABELS.get(agreement.cpv) if agreement else None,
        "CPVCode": agreement.cpv if agreement else None,
    }


def is_sole_trader(provider: Provider) -> bool:
    """No register of organisations knows it, so its name may be that of a person (R5.3)."""
    return not (provider.company_number or provider.charity_number)


def name_of(provider: Provider) -> str:
    return REDACTED if is_sole_trader(provider) else provider.name


def reference_of(provider: Provider) -> str | None:
    return None if is_sole_trader(provider) else provider.reference

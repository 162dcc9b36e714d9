"""The files of open data as a catalogue that search engines read (DCAT by way of schema.org)."""

from django.conf import settings
from django.utils.html import json_script
from django.utils.safestring import SafeString

from . import ocds

DESCRIPTION = (
    "Open data of the dynamic purchasing system: contracting releases in the Open Contracting Data "
    "Standard, the contracts register, spend over £500 and the awards of each quarter."
)
JSON, CSV, ATOM = "application/json", "text/csv", "application/atom+xml"
FILES = (
    ("Contracting releases", "OCDS 1.1 release packages", "release_package", JSON),
    ("Contracting records", "OCDS 1.1 record packages", "record_package", JSON),
    ("Feed of releases", "The latest releases", "release_feed", ATOM),
    (
        "Contracts register",
        "Contracts over £5,000, in the columns of the LGA",
        "contracts_csv",
        CSV,
    ),
    ("Spend over £500", "Payments over £500, in the columns of the LGA", "spend_csv", CSV),
)


def catalogue() -> dict:
    publisher = {"@type": "GovernmentOrganization", "name": settings.COUNCIL_NAME}
    return {
        "@context": "https://schema.org",
        "@type": "DataCatalog",
        "name": f"{settings.COUNCIL_NAME}: open data",
        "url": ocds.address("open_data"),
        "license": ocds.LICENCE,
        "publisher": publisher,
        "dataset": [
            {
                "@type": "Dataset",
                "name": name,
                "description": f"{what}. {settings.COUNCIL_NAME}, {settings.PORTAL_NAME}.",
                "license": ocds.LICENCE,
                "isAccessibleForFree": True,
                "creator": publisher,
                "distribution": {
                    "@type": "DataDownload",
                    "encodingFormat": media_type,
                    "contentUrl": ocds.address(page),
                },
            }
            for name, what, page, media_type in FILES
        ],
    }


def script() -> SafeString:
    """A block of data, which no browser runs and no policy has to allow."""
    block = json_script(catalogue())
    return SafeString(block.replace("application/json", "application/ld+json", 1))

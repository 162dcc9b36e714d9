"""An agreement and its lots."""

from datetime import date

import factory

from dps_portal.agreements.models import Agreement, Lot


class AgreementFactory(factory.django.DjangoModelFactory):
    """Runs from April 2022 to March 2030."""

    class Meta:
        model = Agreement

    reference = factory.Sequence(lambda n: f"rehab-dps-{n}")
    authority = "Northhaven Council"
    title = "Residential rehabilitation"
    description = "Residential rehabilitation for substance misuse."
    regime_key = "PCR_2015_REG_34"
    cpv = "85144000"
    start = date(2022, 4, 1)
    end = date(2030, 4, 1)
    published_value_pence = 135_000_000
    annual_ceiling_pence = 27_000_000


class LotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Lot

    agreement = factory.SubFactory(AgreementFactory)
    number = factory.Sequence(lambda n: n + 1)
    title = "Standard"
    specification = "Residential rehabilitation for people with standard needs."
    ceiling_weekly_pence = 110_000

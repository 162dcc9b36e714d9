"""The arguments of the portal's pages that belong to a tender, for a crawl of every address."""

from django.utils import timezone

from dps_portal.publication.ocds import ocid_of
from tenders.models import Challenge, Clarification, Contract, DebriefRequest, Tender

POSITIONS = [1, 2]


def arguments_of(*competitions) -> dict[str, dict[str, list]]:
    """By page or namespace, as ``crawl.addresses`` takes them; of many bidders the first and the last."""
    tenders = Tender.objects.filter(pk__in=[one.tender.pk for one in competitions])
    references = list(tenders.values_list("reference", flat=True))
    providers = [one.providers[place] for one in competitions for place in (0, -1)]
    first = providers[0]
    lots = {one.lot for one in competitions}
    agreements = sorted({lot.agreement.reference for lot in lots})
    bids = {
        "reference": references,
        "provider": sorted({provider.reference for provider in providers}),
        "position": POSITIONS,
    }
    contracts = Contract.objects.filter(award__tender__in=tenders)
    contract = {"reference": list(contracts.values_list("reference", flat=True))}
    asked = Clarification.objects.filter(tender__in=tenders).values_list("pk", flat=True)
    debriefs = DebriefRequest.objects.filter(letter__tender__in=tenders)
    challenges = Challenge.objects.filter(award__tender__in=tenders).values_list("pk", flat=True)
    of_agreement = {"reference": agreements, "agreement": agreements}
    return {
        "tenders": bids,
        "tenders:set_initial_evaluation": of_agreement,
        "tenders:answer_clarification": {"reference": references, "pk": list(asked)},
        "tenders:answer_debrief": {
            "reference": references,
            "pk": list(debriefs.values_list("pk", flat=True)),
        },
        "tenders:settle_challenge": {"reference": references, "pk": list(challenges)},
        "tenders:contract": contract,
        "tenders:exercise_contract_option": contract,
        "publication": of_agreement | {"number": [lot.number for lot in lots]},
        "publication:tender": {"reference": references},
        "publication:record": {"ocid": [ocid_of(tender) for tender in tenders]},
        "publication:award_pack": of_agreement
        | {"year": [timezone.localdate().year], "quarter": [1, 2, 3, 4]},
        "agreements": of_agreement | {"number": [lot.number for lot in lots]},
        "providers:record_deviation": of_agreement,
        "providers:start_application": of_agreement,
        "providers": {"reference": [first.reference, first.applications.get().reference]},
        "placements": {"agreement": agreements, "provider": bids["provider"]},
    }

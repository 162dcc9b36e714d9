"""The report that regulation 84 asks for on every contract, from the record alone (R4.3)."""

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Permission
from dps_portal.audit.models import AuditHead
from dps_portal.ui import pdf
from tenders import rules
from tenders.models import (
    Award,
    Challenge,
    ConsensusScore,
    Contract,
    LowPriceCheck,
    PeriodAnswer,
    SubmissionAttempt,
    Tender,
)

from .letters import job_of
from .model import model_in_words
from .procurement_lines import (
    Actor,
    BidLine,
    ChallengeLine,
    ContractLine,
    Decision,
    LowPriceLine,
    ProcurementReport,
    RefusedLine,
    ShorterTime,
)
from .ranking import ALTERED, Place, ranking


def procurement_report(tender: Tender) -> ProcurementReport:
    """Of a finished competition, whose rows no longer change: the same whenever it is made."""
    award = Award.objects.filter(tender=tender).exclude(approved_at=None).first()
    agreement = tender.lot.agreement
    declared = list(tender.declarations.values_list("has_interest", flat=True))
    clarifications = list(tender.clarifications.values_list("answered_at", flat=True))
    invited = tender.invitations.without_envelopes().select_related("provider")
    criteria = tender.criteria.order_by("position")
    return ProcurementReport(
        tender=tender.reference,
        authority=agreement.authority,
        agreement=agreement.title,
        regime=agreement.regime.name,
        cpv=agreement.cpv,
        lot=str(tender.lot),
        title=tender.title,
        need=tender.need,
        term=(tender.contract_start, tender.contract_end),
        options=(tender.options, tender.option_months),
        ceiling_weekly_pence=tender.lot.ceiling_weekly_pence,
        closes_at=tender.closes_at,
        opened_at=tender.opened_at,
        scale_max=tender.score_scale_max,
        price_weight=tender.price_weight,
        compared_weeks=tender.compared_weeks,
        criteria=tuple(criteria.values_list("name", "weight")),
        words=tuple(model_in_words(tender)),
        model_hash=tender.model_hash,
        invited=tuple(one.provider.name for one in invited.order_by("provider__name", "pk")),
        shorter_time=_shorter_time(tender),
        refused=tuple(_refused(tender)),
        clarifications=(len(clarifications), len([at for at in clarifications if at])),
        declarations=(len(declared), declared.count(True)),
        actors=tuple(_actors(tender, award)),
        bids=tuple(_bids(tender)),
        low_prices=tuple(_low_prices(tender)),
        decision=award and _decision(award),
        challenges=tuple(_challenges(tender)),
        contracts=tuple(_contracts(tender)),
        abandon_reason=tender.abandon_reason if tender.abandoned_at else "",
    )


def procurement_report_pdf(tender: Tender) -> bytes:
    """Outside any transaction. The footer has the head of the trail when the file was made."""
    head = AuditHead.objects.filter(pk=1).first() or AuditHead()
    facts = {"report": procurement_report(tender), "audit_head": head.hash}
    return pdf.to_pdf(pdf.page("tenders/procurement_report_pdf.html", facts))


def _shorter_time(tender: Tender) -> ShorterTime | None:
    """Of the closing moment as it was published, before any extension."""
    first = tender.extensions.exclude(agreed_at=None).order_by("agreed_at", "pk").first()
    rows = PeriodAnswer.objects.about(tender, first and first.closed_at).filter(has_agreed=True)
    answers = list(rows.select_related("period", "provider").order_by("provider__name", "pk"))
    if not answers:
        return None
    period = answers[0].period
    agreed = tuple(answer.provider.name for answer in answers)
    return ShorterTime(period.reason, period.usual_until, agreed)


def _refused(tender: Tender) -> list[RefusedLine]:
    """Those before the opening, which no longer change; nobody can tell of them earlier."""
    if not tender.opened_at:
        return []
    rows = SubmissionAttempt.objects.filter(tender=tender, at__lt=tender.opened_at)
    return [
        RefusedLine(one.provider.name, one.at, tuple(one.reasons))
        for one in rows.select_related("provider").in_order()
    ]


def _decision(award: Award) -> Decision:
    return Decision(
        reason=award.reason,
        departure=award.departure,
        departure_agreed=award.departure_agreed,
        draw=award.draw,
        consulted_with=award.consulted_with,
        consulted_on=award.consulted_on,
        consultation=award.consultation,
        alternatives=award.alternatives,
        interests=(award.declarations, award.interests),
        overdue_reason=award.overdue_reason,
        standstill_last_day=award.standstill_last_day,
    )


def _challenges(tender: Tender) -> list[ChallengeLine]:
    return [
        ChallengeLine(one.challenger, one.received_on, one.grounds, one.settlement)
        for one in Challenge.objects.filter(award__tender=tender).in_order()
    ]


def _actors(tender: Tender, award: Award | None) -> list[Actor]:
    acts = [
        ("Drafted", Permission.AUTHOR_TENDER, tender.drafted_by, tender.drafted_at),
        ("Published", Permission.PUBLISH_TENDER, tender.published_by, tender.published_at),
    ]
    approvals = tender.opening_approvals.select_related("officer").order_by("at", "pk")
    acts += [
        ("Approved the opening", Permission.OPEN_BIDS, one.officer, one.at) for one in approvals
    ]
    acts.append(
        (
            "Locked quality",
            Permission.LOCK_QUALITY,
            tender.quality_locked_by,
            tender.quality_locked_at,
        )
    )
    if award:
        acts += [
            (
                "Recommended",
                Permission.RECOMMEND_AWARD,
                award.recommended_by,
                award.recommended_at,
            ),
            (
                "Decided on the award",
                Permission.APPROVE_AWARD,
                award.approved_by,
                award.approved_at,
            ),
        ]
    if award and award.standstill_last_day:
        acts.append(
            (
                "Confirmed after the standstill",
                Permission.APPROVE_AWARD,
                award.confirmed_by,
                award.confirmed_at,
            )
        )
    acts.append(("Abandoned", Permission.PUBLISH_TENDER, tender.abandoned_by, tender.abandoned_at))
    return [
        Actor(act, _job(award, person, permission), person.name, at)
        for act, permission, person, at in acts
        if person
    ]


def _job(award: Award | None, person: User, permission: Permission) -> str:
    """As the record of the decision says, where it does."""
    decided = award and permission == Permission.APPROVE_AWARD and person == award.approved_by
    return (award.decided_as if decided else "") or job_of(person, permission)


def _low_prices(tender: Tender) -> list[LowPriceLine]:
    checks = LowPriceCheck.objects.filter(bid__tender=tender).select_related("bid__provider")
    return [
        LowPriceLine(check.bid.provider.name, check.state, check.reason)
        for check in checks.order_by("asked_at", "pk")
    ]


def _bids(tender: Tender) -> list[BidLine]:
    if tender.quality_locked_at:
        places = ranking(tender)
    else:
        rows = tender.bids.in_order()
        places = [Place(bid, None, None, rules.Result(""), ()) for bid in rows]
    rows = ConsensusScore.objects.filter(response__bid__tender=tender).values_list(
        "response__bid", "response__criterion__position", "points"
    )
    points = {(bid, position): points for bid, position, points in rows}
    positions = list(tender.criteria.order_by("position").values_list("position", flat=True))
    return [
        _bid(place, positions, points, is_locked=bool(tender.quality_locked_at)) for place in places
    ]


def _bid(place: Place, positions, points, *, is_locked: bool) -> BidLine:
    is_ranked = is_locked and not place.result.excluded
    altered = "" if place.bid.is_intact else ALTERED
    shown = place.totals if is_ranked else dict.fromkeys(("quality", "price", "total"), "")
    return BidLine(
        provider=place.bid.provider.name,
        submitted_at=place.bid.submitted_at,
        excluded=place.result.excluded or altered,
        points=tuple(
            points.get((place.bid.pk, position)) if is_locked else None for position in positions
        ),
        quote=place.quote,
        rank=place.result.rank,
        **shown,
    )


def _contracts(tender: Tender) -> list[ContractLine]:
    """As they were awarded: an option that is taken later is not part of the award."""
    rows = Contract.objects.filter(award__tender=tender).select_related("provider", "award__tender")
    return [
        ContractLine(
            reference=one.reference,
            provider=one.provider.name,
            start=one.start,
            last_day=rules.last_day_of(one.awarded_end),
            quote=one.quote,
            value_pence=rules.contract_value(
                one.weekly_pence, start=one.start, end=one.awarded_end
            ),
        )
        for one in rows.order_by("provider__name", "pk")
    ]

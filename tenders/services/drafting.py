"""Writing a draft: its terms, its panel and its criteria."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import transaction

from dps_portal.accounts.models import User
from dps_portal.audit import trail
from dps_portal.refusals import refuse_if
from tenders import rules
from tenders.models import Criterion, PanelMember, Tender
from tenders.states import TenderState

from .model import headings_of, objections_to_criteria, objections_to_terms
from .tenders import lock_tender, objections_to_panel


@transaction.atomic
def create_tender(
    *,
    evaluators: Sequence[User],
    moderator: User,
    like: Tender | None = None,
    template: rules.Template | None = None,
    by: User,
    at: datetime,
    **terms,
) -> Tender:
    """Begin a draft. ``terms`` are the columns of the tender that ``rules`` looks at.

    The criteria are those of ``like``, an earlier tender, or of ``template``, for the drafter to
    look at again. Each keeps its heading where the agreement published one of that name.
    """
    tender = Tender(**terms, drafted_by=by, drafted_at=at)
    refuse_if(objections_to_terms(tender) + objections_to_panel(evaluators, moderator))
    tender.save()
    _name_panel(tender, evaluators, moderator)
    headings = {heading.name: heading for heading in headings_of(tender)}
    for heading, criterion in _criteria_of(like, template):
        criterion.pk, criterion.tender = None, tender
        criterion.heading = headings.get(heading)
        criterion.save(force_insert=True)
    trail.record(
        "tender.drafted",
        tender,
        by=by,
        at=at,
        like=like and like.reference,
        template=template and template.key,
    )
    return tender


@transaction.atomic
def edit_tender(
    *, tender: Tender, evaluators: Sequence[User], moderator: User, by: User, at: datetime, **terms
) -> Tender:
    """Change a draft; whoever wrote last counts as its drafter, who may not publish it."""
    tender = lock_tender(tender)
    state = TenderState(tender.state)
    for name, value in terms.items():
        setattr(tender, name, value)
    refuse_if(
        rules.objections_to_change(state)
        + objections_to_terms(tender)
        + objections_to_panel(evaluators, moderator)
    )
    tender.drafted_by, tender.drafted_at = by, at
    tender.save()
    _name_panel(tender, evaluators, moderator)
    trail.record("tender.edited", tender, by=by, at=at)
    return tender


@transaction.atomic
def set_criteria(*, tender: Tender, criteria: Iterable[dict], by: User, at: datetime) -> Tender:
    """Replace the criteria of a draft; each gives the columns of a criterion."""
    tender = lock_tender(tender)
    new = [
        Criterion(tender=tender, position=position, **criterion)
        for position, criterion in enumerate(criteria, start=1)
    ]
    refuse_if(
        rules.objections_to_change(TenderState(tender.state)) + objections_to_criteria(tender, new)
    )
    tender.criteria.all().delete()
    Criterion.objects.bulk_create(new)
    tender.drafted_by, tender.drafted_at = by, at
    tender.save()
    trail.record("tender.criteria_set", tender, by=by, at=at, criteria=len(new))
    return tender


def _name_panel(tender: Tender, evaluators: Sequence[User], moderator: User) -> None:
    tender.panel.all().delete()
    PanelMember.objects.bulk_create(
        PanelMember(tender=tender, user=user, is_moderator=user == moderator)
        for user in [*evaluators, moderator]
    )


def _criteria_of(
    like: Tender | None, template: rules.Template | None
) -> Iterator[tuple[str, Criterion]]:
    """Each with the name of its heading."""
    for position, asked in enumerate(template.criteria if template else (), start=1):
        yield (
            asked.heading,
            Criterion(
                position=position,
                name=asked.heading,
                weight=asked.weight,
                question=asked.question,
                guidance=asked.guidance,
                word_limit=asked.word_limit,
            ),
        )
    for criterion in like.criteria.select_related("heading") if like else ():
        yield str(criterion.heading or ""), criterion

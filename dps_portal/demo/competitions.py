"""Invented tenders, one at each stage from draft to award."""

from datetime import date, datetime, timedelta

from dps_portal.accounts.models import User
from dps_portal.accounts.roles import Role
from dps_portal.agreements.models import Agreement
from dps_portal.clock import ONE_DAY
from providers.services import answer_request, save_grounds
from tenders import services
from tenders.models import Criterion, Invitation, Response, Tender
from tenders.services.bids import keep
from tenders.states import TenderState

from .days import noon
from .papers import paper

NEED = (
    "Up to six placements for people who need a structured twelve-week programme. "
    "The need is described without anything that could point to a person."
)
CRITERIA = (
    (
        "Clinical quality",
        25,
        "Describe the programme and the team that delivers it.",
        "Who leads each part and with what training, and how the week is reviewed.",
    ),
    (
        "Safeguarding",
        15,
        "Describe how people are kept safe, at night and at weekends.",
        "Staffing outside office hours, how a concern is raised, and who is told.",
    ),
    (
        "Aftercare and recovery",
        10,
        "Describe how aftercare is agreed and handed over before an exit.",
        "When the plan begins, who signs it, and what happens after an exit nobody planned.",
    ),
)
WITH_A_FILE = {
    "question": f"{CRITERIA[0][2]} Attach the timetable of a usual week.",
    "attachments": 1,
}
TIMETABLE = (
    "Mornings: group work, and a talk with the key worker on Tuesdays.",
    "Afternoons: activities, exercise and appointments; family visits on Sundays.",
    "Evenings: a mutual aid meeting on Mondays, Wednesdays and Fridays.",
    "Nights: two members of staff awake.",
)
PRICE_WEIGHT = 50
ANSWER = "Our team works to a written programme, reviewed each week with the person and family."
TITLES = {
    TenderState.AWARDED: "Standard placements, first half of the year",
    TenderState.STANDSTILL: "Standard placements, autumn",
    TenderState.RECOMMENDED: "Enhanced placements, autumn",
    TenderState.QUALITY_LOCKED: "Specialist placements, autumn",
    TenderState.OPENED: "Standard placements, winter",
    TenderState.PUBLISHED: "Enhanced placements, winter and spring",
    TenderState.DRAFT: "Specialist placements, spring",
}
LOTS = {TITLES[state]: lot for state, lot in zip(TITLES, (1, 1, 2, 3, 1, 2, 3), strict=True)}
ORDER = list(TITLES.values())
ASKS_FOR_A_FILE = {TITLES[state] for state in (TenderState.OPENED, TenderState.PUBLISHED)}


class Stage:
    """One tender on its way, with the people who move it on."""

    def __init__(self, council: dict[Role, list[User]], owners: dict[int, User]) -> None:
        self.council = council
        self.owners = owners

    def draft(self, agreement: Agreement, title: str, day: date) -> Tender:
        tender = services.create_tender(
            lot=agreement.lots.get(number=LOTS[title]),
            title=title,
            need=NEED,
            contract_start=max(agreement.start, day + timedelta(days=45)),
            contract_end=agreement.end,
            closes_at=noon(day + timedelta(days=21)),
            price_weight=PRICE_WEIGHT,
            score_scale_max=5,
            minimum_question_score=2,
            evaluators=self.council[Role.EVALUATOR],
            moderator=self.council[Role.MODERATOR][0],
            by=self.council[Role.PROCUREMENT][0],
            at=noon(day),
        )
        criteria = [
            {
                "heading": agreement.award_criteria.get(name=name),
                "name": name,
                "weight": weight,
                "question": question,
                "guidance": guidance,
                "word_limit": 300,
            }
            for name, weight, question, guidance in CRITERIA
        ]
        if title in ASKS_FOR_A_FILE:
            criteria[0] |= WITH_A_FILE
        return services.set_criteria(
            tender=tender, criteria=criteria, by=self.council[Role.PROCUREMENT][0], at=noon(day)
        )

    def publish(self, tender: Tender, day: date) -> Tender:
        return services.publish_tender(
            tender=tender, by=self.council[Role.PROCUREMENT][1], at=noon(day + ONE_DAY)
        )

    def bid(self, tender: Tender, day: date, most: int = 3) -> None:
        """The first few invitees bid, each somewhat below the list price."""
        criteria = list(tender.criteria.all())
        invitations = tender.invitations.select_related("provider", "tender__lot").order_by("pk")
        for number, invitation in enumerate(invitations[:most]):
            owner = self.owners[invitation.provider_id]
            rate = invitation.provider.rates.filter(lot=tender.lot).order_by("pk").first()
            at = noon(day + timedelta(days=5 + number))
            draft = {
                "answers": {str(criterion.position): ANSWER for criterion in criteria},
                "weekly_pence": rate.weekly_pence - 1_000 * number - 500,
            }
            keep(invitation, draft=draft, bid=None)
            for criterion in criteria:
                if criterion.attachments:
                    self.attach_timetable(invitation, criterion)
            services.seal_bid(invitation=invitation, by=owner, at=at)

    def attach_timetable(self, invitation: Invitation, criterion: Criterion) -> None:
        services.put_file(
            invitation=invitation,
            criterion=criterion,
            name="timetable of a usual week.pdf",
            media_type="application/pdf",
            content=paper("Timetable of a usual week", invitation.provider.name, *TIMETABLE),
        )

    def open(self, tender: Tender, at: datetime) -> Tender:
        for role in (Role.PROCUREMENT, Role.COMMISSIONER):
            officer = self.council[role][1]
            self.declare(tender, officer, at)
            tender = services.open_bids(tender=tender, by=officer, at=at)
        return tender

    def declare(self, tender: Tender, user: User, at: datetime) -> None:
        services.declare_interest(tender=tender, has_interest=False, details="", by=user, at=at)

    def begin_scoring(self, tender: Tender, at: datetime) -> None:
        """The first evaluator has begun; the others have not looked yet."""
        evaluator = self.council[Role.EVALUATOR][0]
        self.declare(tender, evaluator, at)
        response = Response.objects.filter(bid__tender=tender).order_by("pk").first()
        self.give(response, 4, evaluator, at)

    def give(self, response: Response, points: int, evaluator: User, at: datetime) -> None:
        services.score_response(
            response=response,
            points=points,
            reason="Clear, with examples; less on how it is measured.",
            by=evaluator,
            at=at,
        )

    def score(self, tender: Tender, at: datetime) -> Tender:
        responses = Response.objects.filter(bid__tender=tender).order_by("pk")
        for evaluator in self.council[Role.EVALUATOR]:
            self.declare(tender, evaluator, at)
        for shift, evaluator in enumerate(self.council[Role.EVALUATOR]):
            for number, response in enumerate(responses):
                self.give(response, 3 + (number + shift) % 2, evaluator, at)
        moderator = self.council[Role.MODERATOR][0]
        self.declare(tender, moderator, at)
        for number, response in enumerate(responses):
            services.moderate_response(
                response=response,
                points=3 + number % 2,
                reason="The panel agreed after discussing both views.",
                by=moderator,
                at=at,
            )
        locker = self.council[Role.PROCUREMENT][0]
        self.declare(tender, locker, at)
        return services.lock_quality(tender=tender, by=locker, at=at)

    def recommend(self, tender: Tender, at: datetime) -> Tender:
        first = next(place for place in services.ranking(tender) if place.result.rank == 1)
        services.recommend_award(
            tender=tender,
            bids=[first.bid],
            reason="Highest total score on the published model.",
            by=self.council[Role.PROCUREMENT][0],
            at=at,
        )
        self.renew_declarations(tender, at)
        return tender

    def renew_declarations(self, tender: Tender, at: datetime) -> None:
        """Whoever was asked because of the recommendation answers the same day."""
        for standing in services.standings(Tender.objects.get(pk=tender.pk), at):
            if standing.asked:
                owner = self.owners[standing.provider.pk]
                save_grounds(
                    declaration=standing.asked.declaration,
                    grounds=[],
                    declared_by_name=owner.name,
                    by=owner,
                    at=at,
                )
                answer_request(asked=standing.asked, by=owner, at=at)

    def award(self, tender: Tender, at: datetime) -> None:
        approver = self.council[Role.COMMISSIONER][0]
        self.declare(tender, approver, at)
        services.approve_award(
            tender=tender,
            consulted_with="The Cabinet Member for Public Health",
            consultation="The Cabinet Member was consulted and had no objection.",
            alternatives="To abandon the tender and buy place by place, at the list prices.",
            consulted_on=at.date(),
            with_standstill=tender.title == TITLES[TenderState.STANDSTILL],
            by=approver,
            at=at,
        )


def make_tenders(
    agreement: Agreement, council: dict[Role, list[User]], owners: dict[int, User], today: date
) -> None:
    """Each tender goes as far as its state; what is past its deadline was drafted long ago."""
    stage = Stage(council, owners)
    for state, title in TITLES.items():
        weeks = 26 if state == TenderState.AWARDED else 5
        day = today - ONE_DAY * 3 if ORDER.index(title) > 4 else today - timedelta(weeks=weeks)  # noqa: PLR2004
        tender = stage.draft(agreement, title, day)
        if state == TenderState.DRAFT:
            continue
        tender = stage.publish(tender, day)
        stage.bid(tender, day - timedelta(days=4) if state == TenderState.PUBLISHED else day)
        after = noon(day + timedelta(days=22))
        steps = (stage.open, stage.score, stage.recommend, stage.award)
        reached = ORDER.index(TITLES[TenderState.OPENED]) - ORDER.index(title) + 1
        for number, step in enumerate(steps[: max(reached, 0)]):
            step(Tender.objects.get(pk=tender.pk), after + ONE_DAY * number)
        if state == TenderState.OPENED:
            stage.begin_scoring(tender, after + ONE_DAY)

"""The sections of a referral and of its assessment, and what is still missing in them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from placements.states import ReferralState

from .moves import objections_to_act


@dataclass(frozen=True)
class Section:
    """``needs``: what to say of each field that is empty; ``also`` may stay empty."""

    key: str
    title: str
    needs: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.needs, *self.also)


DRAFT_SECTIONS = (
    Section(
        "source",
        "Source and urgency",
        {"source": "Say who referred the person.", "received_on": "Say when it was received."},
        ("urgency", "urgency_reason"),
    ),
    Section("needs", "The person’s needs", {"needs_summary": "Say what the person needs."}),
    Section(
        "circumstances",
        "Home circumstances and complexity",
        {"home_circumstances": "Describe the home circumstances."},
        ("complexity",),
    ),
    Section(
        "consent",
        "Consent",
        {"consent_on": "Record the person’s consent to the referral."},
        ("has_consent",),
    ),
    Section(
        "community",
        "Community options",
        {"community_options_tried": "Say which community options were tried or considered."},
    ),
)
ASSESSMENT_SECTIONS = (
    Section(
        "care-act",
        "Care Act assessment",
        {
            "care_act_assessed_on": "Give the date of the Care Act assessment.",
            "care_act_eligible": "Say whether the Care Act assessment finds the person eligible.",
            "care_act_reason": "Give the reason for the finding under the Care Act.",
        },
    ),
    Section(
        "clinical-review",
        "Clinical review",
        {
            "clinical_review_by": "Say who made the clinical review.",
            "clinical_review_on": "Give the date of the clinical review.",
            "clinical_review": "Say what the clinical review found.",
        },
    ),
    Section(
        "options",
        "Community options tried or considered",
        {"community_options_tried": "Say which community options were tried or considered."},
    ),
    Section(
        "complexity",
        "Complexity and needs",
        {"needs_summary": "Say what the person needs."},
        ("complexity",),
    ),
    Section("residence", "Ordinary residence", {"residence": "Record the ordinary residence."}),
    Section(
        "charging",
        "Financial assessment",
        {"charging": "Record the financial assessment, or that there is no charge."},
        ("weekly_contribution_pence",),
    ),
    Section("outcomes", "Desired outcomes", {"desired_outcomes": "Say which outcomes are wanted."}),
    Section("recommendation", "Recommended lot", {"lot": "Recommend a lot."}),
)
SECTIONS_OF = {
    ReferralState.DRAFT: DRAFT_SECTIONS,
    ReferralState.ASSESSING: ASSESSMENT_SECTIONS,
}


def gaps(sections: Collection[Section], answers: Mapping[str, object]) -> list[str]:
    """Everything that is missing, in the order of the page."""
    return [
        words
        for section in sections
        for name, words in section.needs.items()
        if answers[name] in {None, ""}
    ]


def objections_to_answers(state: ReferralState, names: Collection[str]) -> list[str]:
    """Whether the fields of ``names`` may be written now: each state has its own sections."""
    if objections := objections_to_act("save_answers", state):
        return objections
    open_now = {name for section in SECTIONS_OF[state] for name in section.fields}
    return [] if open_now.issuperset(names) else ["This section is no longer open for changes."]


def objections_to_submission(state: ReferralState, answers: Mapping[str, object]) -> list[str]:
    """Every gap of the draft at once."""
    return objections_to_act("submit_referral", state) or gaps(DRAFT_SECTIONS, answers)

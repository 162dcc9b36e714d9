"""Who may join is settled once, by the selection; an award looks at the offer alone (R2.17)."""

import inspect

from django.apps import apps
from django.forms import BaseForm

import tenders.forms
from providers.forms import AssessmentForm
from providers.models import (
    Application,
    Clarification,
    Declaration,
    DeclaredGround,
    EvidenceDocument,
    LotApplication,
    LotAssessment,
    Submission,
)

SELECTION = {
    Application,
    Clarification,
    Declaration,
    DeclaredGround,
    EvidenceDocument,
    LotApplication,
    LotAssessment,
    Submission,
}


def test_r2_17_nothing_recorded_of_a_tender_points_to_the_selection():
    reached = {
        field.related_model
        for model in apps.get_app_config("tenders").get_models()
        for field in model._meta.get_fields()
        if field.is_relation
    }
    assert reached & SELECTION == set()


def test_r2_17_no_form_of_an_award_asks_what_the_selection_asks():
    asked = {
        name
        for _, form in inspect.getmembers(tenders.forms, inspect.isclass)
        if issubclass(form, BaseForm)
        for name in form.base_fields
    }
    answers = {"turnover_pence", "has_grounds", "expires_on", "service_description", "weekly_pence"}
    assert asked & (answers | set(AssessmentForm(suggestions={}).fields)) == set()

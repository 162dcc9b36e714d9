from django.urls import path

from . import views

app_name = "agreements"
ONE = "agreements/<slug:reference>/"
urlpatterns = [
    path("agreements/", views.agreement_list, name="agreement_list"),
    path("notices-due/", views.notice_list, name="notice_list"),
    path("notices-due/<int:pk>/", views.record_notice, name="record_notice"),
    path(ONE, views.agreement, name="agreement"),
    path(f"{ONE}rules/", views.set_rules, name="set_rules"),
    path(f"{ONE}award-criteria/", views.set_award_criteria, name="set_award_criteria"),
    path(f"{ONE}placements/", views.placement_settings, name="placement_settings"),
    path(f"{ONE}placements/change/", views.set_placement_settings, name="set_placement_settings"),
    path(f"{ONE}rounds/new/", views.open_round, name="open_round"),
    path(f"{ONE}options/<int:number>/", views.exercise_option, name="exercise_option"),
    path(f"{ONE}validity/", views.change_validity, name="change_validity"),
    path(f"{ONE}end/", views.end_early, name="end_early"),
    path(f"{ONE}decisions/<int:pk>/", views.validity_document, name="validity_document"),
    path(f"{ONE}lots/<int:number>/criteria/", views.set_lot_criteria, name="set_lot_criteria"),
]

from django.urls import path

from . import views

app_name = "placements"
urlpatterns = [
    path("referrals/", views.referral_list, name="referral_list"),
    path("referrals/new/", views.make_referral, name="make_referral"),
    path("referrals/<str:reference>/", views.referral, name="referral"),
    path("referrals/<str:reference>/submit/", views.submit_referral, name="submit_referral"),
    path("referrals/<str:reference>/allocate/", views.allocate_referral, name="allocate_referral"),
    path(
        "referrals/<str:reference>/eligibility/",
        views.record_eligibility,
        name="record_eligibility",
    ),
    path("referrals/<str:reference>/matching/", views.start_matching, name="start_matching"),
    path("referrals/<str:reference>/options/", views.match_referral, name="match_referral"),
    path(
        "referrals/<str:reference>/options/<str:provider>/",
        views.choose_option,
        name="choose_option",
    ),
    path("people/<str:reference>/identity/", views.person_identity, name="person_identity"),
    path("offers/", views.offer_list, name="offer_list"),
    path("offers/<str:reference>/", views.offer, name="offer"),
    path("offers/<str:reference>/answer/", views.answer_offer, name="answer_offer"),
    path("offers/<str:reference>/proposals/<slug:kind>/", views.propose_fact, name="propose_fact"),
    path("exposure/", views.exposure_list, name="exposure_list"),
    path("placements/", views.placement_list, name="placement_list"),
    path("placements/<str:reference>/", views.placement, name="placement"),
    path(
        "placements/<str:reference>/funding/<slug:kind>/",
        views.request_funding,
        name="request_funding",
    ),
    path("placements/<str:reference>/admission/", views.record_admission, name="record_admission"),
    path("placements/<str:reference>/exit/", views.record_exit, name="record_exit"),
    path(
        "placements/<str:reference>/non-arrival/",
        views.record_non_arrival,
        name="record_non_arrival",
    ),
    path(
        "placements/<str:reference>/cancellation/", views.cancel_placement, name="cancel_placement"
    ),
    path("placements/<str:reference>/absence/", views.record_absence, name="record_absence"),
    path(
        "placements/<str:reference>/absences/<int:pk>/correction/",
        views.correct_absence,
        name="correct_absence",
    ),
    path(
        "placements/<str:reference>/contribution/",
        views.record_contribution,
        name="record_contribution",
    ),
    path("placements/<str:reference>/review/", views.record_review, name="record_review"),
    path("placements/<str:reference>/discharge-report/", views.record_report, name="record_report"),
    path("placements/<str:reference>/outcomes/", views.record_outcomes, name="record_outcomes"),
    path("placements/<str:reference>/closure/", views.close_placement, name="close_placement"),
    path("placements/<str:reference>/reopening/", views.reopen_placement, name="reopen_placement"),
    path(
        "placements/<str:reference>/admission/correction/",
        views.correct_admission,
        name="correct_admission",
    ),
    path("placements/<str:reference>/exit/correction/", views.correct_exit, name="correct_exit"),
    path(
        "placements/<str:reference>/proposals/<int:pk>/rejection/",
        views.reject_proposal,
        name="reject_proposal",
    ),
    path("funding-requests/", views.request_list, name="request_list"),
    path("funding-requests/<str:reference>/", views.funding_request, name="funding_request"),
    path("funding-requests/<str:reference>/decision/", views.decide_funding, name="decide_funding"),
    path("funding-requests/<str:reference>/change/", views.change_request, name="change_request"),
    path(
        "funding-requests/<str:reference>/withdrawal/",
        views.withdraw_request,
        name="withdraw_request",
    ),
    path("budgets/", views.budget_list, name="budget_list"),
    path("budgets/propose/", views.propose_ceiling, name="propose_ceiling"),
    path("budgets/<slug:agreement>/<int:year>/", views.budget_year, name="budget_year"),
    path("budgets/<slug:agreement>/<int:year>/closing/", views.propose_close, name="propose_close"),
    path("budgets/<slug:agreement>/<int:year>/close/", views.confirm_close, name="confirm_close"),
    path(
        "budgets/<slug:agreement>/<int:year>/revisions/<int:pk>/",
        views.confirm_ceiling,
        name="confirm_ceiling",
    ),
]

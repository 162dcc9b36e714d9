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
        "referrals/<str:reference>/sections/<slug:section>/",
        views.save_answers,
        name="save_answers",
    ),
    path("referrals/<str:reference>/discard/", views.discard_draft, name="discard_draft"),
    path(
        "referrals/<str:reference>/unallocate/",
        views.unallocate_referral,
        name="unallocate_referral",
    ),
    path("referrals/<str:reference>/eligible/", views.record_eligible, name="record_eligible"),
    path(
        "referrals/<str:reference>/not-eligible/",
        views.record_not_eligible,
        name="record_not_eligible",
    ),
    path(
        "referrals/<str:reference>/countersignature/",
        views.countersign_referral,
        name="countersign_referral",
    ),
    path("referrals/<str:reference>/hold/", views.hold_referral, name="hold_referral"),
    path("referrals/<str:reference>/resume/", views.resume_referral, name="resume_referral"),
    path(
        "referrals/<str:reference>/withdrawal/",
        views.withdraw_referral,
        name="withdraw_referral",
    ),
    path("referrals/<str:reference>/reopen/", views.reopen_referral, name="reopen_referral"),
    path("referrals/<str:reference>/matching/", views.start_matching, name="start_matching"),
    path("referrals/<str:reference>/options/", views.match_referral, name="match_referral"),
    path(
        "referrals/<str:reference>/options/<str:provider>/",
        views.choose_option,
        name="choose_option",
    ),
    path("people/find/", views.find_person, name="find_person"),
    path("people/<str:reference>/", views.person, name="person"),
    path("caseloads/", views.caseload_list, name="caseload_list"),
    path("caseloads/<str:reference>/", views.caseload, name="caseload"),
    path("caseloads/<str:reference>/transfer/", views.transfer_caseload, name="transfer_caseload"),
    path(
        "referrals/<str:reference>/options/<str:provider>/fit/",
        views.judge_option,
        name="judge_option",
    ),
    path(
        "referrals/<str:reference>/competition/", views.start_competition, name="start_competition"
    ),
    path("people/<str:reference>/identity/", views.person_identity, name="person_identity"),
    path("people/<str:reference>/consent/", views.record_consent, name="record_consent"),
    path("people/<str:reference>/correction/", views.correct_identity, name="correct_identity"),
    path("people/<str:reference>/restriction/", views.restrict_person, name="restrict_person"),
    path(
        "people/<str:reference>/restriction/readers/", views.change_readers, name="change_readers"
    ),
    path(
        "people/<str:reference>/restriction/end/", views.lift_restriction, name="lift_restriction"
    ),
    path("people/<str:reference>/break-glass/", views.break_glass, name="break_glass"),
    path("people/<str:reference>/hold/", views.hold_record, name="hold_record"),
    path("people/<str:reference>/hold/end/", views.release_hold, name="release_hold"),
    path("people/<str:reference>/export/", views.request_export, name="request_export"),
    path("people/<str:reference>/erasure/", views.request_erasure, name="request_erasure"),
    path("records/", views.access_list, name="access_list"),
    path("records/break-glass/", views.break_glass_list, name="break_glass_list"),
    path(
        "records/break-glass/<str:reference>/review/",
        views.review_break_glass,
        name="review_break_glass",
    ),
    path("records/requests/", views.subject_request_list, name="subject_request_list"),
    path("records/requests/<str:reference>/", views.subject_request, name="subject_request"),
    path(
        "records/requests/<str:reference>/decision/",
        views.decide_subject_request,
        name="decide_subject_request",
    ),
    path(
        "records/requests/<str:reference>/download/", views.download_export, name="download_export"
    ),
    path("records/retention/", views.retention_list, name="retention_list"),
    path("offers/", views.offer_list, name="offer_list"),
    path("offers/<str:reference>/", views.offer, name="offer"),
    path("offers/<str:reference>/profile/", views.offer_profile, name="offer_profile"),
    path("offers/<str:reference>/answer/", views.answer_offer, name="answer_offer"),
    path("vacancies/", views.state_vacancy, name="state_vacancy"),
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
    path(
        "placements/<str:reference>/cancellation/",
        views.cancel_placement,
        name="cancel_placement",
    ),
    path("placements/<str:reference>/exit/", views.record_exit, name="record_exit"),
    path(
        "placements/<str:reference>/non-arrival/",
        views.record_non_arrival,
        name="record_non_arrival",
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
    path("placements/<str:reference>/void/", views.void_placement, name="void_placement"),
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
        "funding-requests/<str:reference>/discard/", views.discard_request, name="discard_request"
    ),
    path(
        "funding-requests/<str:reference>/withdrawal/",
        views.withdraw_request,
        name="withdraw_request",
    ),
    path("approval-limits/", views.approval_limit_list, name="approval_limit_list"),
    path("approval-limits/<str:reference>/", views.set_approval_limit, name="set_approval_limit"),
    path("budgets/", views.budget_list, name="budget_list"),
    path("budgets/propose/", views.propose_ceiling, name="propose_ceiling"),
    path("budgets/<slug:agreement>/<int:year>/", views.budget_year, name="budget_year"),
    path("budgets/<slug:agreement>/<int:year>/forecast/", views.forecast, name="forecast"),
    path(
        "budgets/<slug:agreement>/<int:year>/forecast/keep/",
        views.keep_forecast,
        name="keep_forecast",
    ),
    path(
        "budgets/<slug:agreement>/<int:year>/forecasts/<int:pk>/",
        views.forecast_run,
        name="forecast_run",
    ),
    path(
        "budgets/<slug:agreement>/<int:year>/assumptions/",
        views.set_assumptions,
        name="set_assumptions",
    ),
    path("budgets/<slug:agreement>/<int:year>/closing/", views.propose_close, name="propose_close"),
    path("budgets/<slug:agreement>/<int:year>/close/", views.confirm_close, name="confirm_close"),
    path(
        "budgets/<slug:agreement>/<int:year>/revisions/<int:pk>/",
        views.confirm_ceiling,
        name="confirm_ceiling",
    ),
]

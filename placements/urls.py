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
    path("caseloads/", views.caseload_list, name="caseload_list"),
    path("caseloads/<str:reference>/", views.caseload, name="caseload"),
    path("caseloads/<str:reference>/transfer/", views.transfer_caseload, name="transfer_caseload"),
    path("people/<str:reference>/identity/", views.person_identity, name="person_identity"),
    path("offers/", views.offer_list, name="offer_list"),
    path("offers/<str:reference>/", views.offer, name="offer"),
    path("offers/<str:reference>/answer/", views.answer_offer, name="answer_offer"),
    path("placements/", views.placement_list, name="placement_list"),
    path("placements/<str:reference>/", views.placement, name="placement"),
    path("placements/<str:reference>/funding/", views.request_funding, name="request_funding"),
    path(
        "placements/<str:reference>/extension/", views.request_extension, name="request_extension"
    ),
    path("placements/<str:reference>/admission/", views.record_admission, name="record_admission"),
    path(
        "placements/<str:reference>/cancellation/",
        views.cancel_placement,
        name="cancel_placement",
    ),
    path("placements/<str:reference>/exit/", views.record_exit, name="record_exit"),
    path("funding-requests/", views.request_list, name="request_list"),
    path("funding-requests/<str:reference>/", views.funding_request, name="funding_request"),
    path("funding-requests/<str:reference>/decision/", views.decide_funding, name="decide_funding"),
    path("budgets/", views.budget_list, name="budget_list"),
    path("budgets/propose/", views.propose_ceiling, name="propose_ceiling"),
    path("budgets/<slug:agreement>/<int:year>/", views.budget_year, name="budget_year"),
    path(
        "budgets/<slug:agreement>/<int:year>/revisions/<int:pk>/",
        views.confirm_ceiling,
        name="confirm_ceiling",
    ),
]

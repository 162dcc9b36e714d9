from django.urls import path

from . import views

app_name = "providers"
LOT = "applications/<str:reference>/lots/<int:number>/"
MEMBER = "providers/<str:reference>/people/<str:member>/"
INVITATION = "providers/<str:reference>/invitations/<int:pk>/"
urlpatterns = [
    path("organisation/", views.own_provider, name="own_provider"),
    path("organisation/evidence/", views.evidence_overview, name="evidence_overview"),
    path("organisation/evidence/<slug:kind>/", views.renew_evidence, name="renew_evidence"),
    path("organisation/leave/", views.leave_dps, name="leave_dps"),
    path("organisation/prices/", views.price_list, name="price_list"),
    path("organisation/prices/set/", views.set_price, name="set_price"),
    path("compliance/", views.compliance_list, name="compliance_list"),
    path("compliance/declarations/", views.request_declarations, name="request_declarations"),
    path("compliance/evidence/<uuid:document>/", views.check_evidence, name="check_evidence"),
    path("compliance/ratings/<int:pk>/", views.review_rating, name="review_rating"),
    path("declaration-requests/<int:pk>/", views.declaration_request, name="declaration_request"),
    path("declaration-requests/<int:pk>/grounds/", views.renew_grounds, name="renew_grounds"),
    path("declaration-requests/<int:pk>/answer/", views.answer_request, name="answer_request"),
    path("measures/", views.measure_list, name="measure_list"),
    path("measures/<str:reference>/", views.measure, name="measure"),
    path("measures/<str:reference>/decide/", views.decide_measure, name="decide_measure"),
    path("providers/", views.provider_list, name="provider_list"),
    path("providers/register/", views.register_provider, name="register_provider"),
    path("providers/<str:reference>/", views.provider, name="provider"),
    path("providers/<str:reference>/edit/", views.edit_provider, name="edit_provider"),
    path("providers/<str:reference>/correct/", views.correct_provider, name="correct_provider"),
    path("providers/<str:reference>/people/", views.member_list, name="member_list"),
    path("providers/<str:reference>/people/invite/", views.invite_member, name="invite_member"),
    path(f"{MEMBER}remove/", views.remove_member, name="remove_member"),
    path(f"{MEMBER}hand-over/", views.hand_over_ownership, name="hand_over_ownership"),
    path(f"{INVITATION}cancel/", views.cancel_invitation, name="cancel_invitation"),
    path(f"{INVITATION}resend/", views.resend_invitation, name="resend_invitation"),
    path("organisation/people/leave/", views.leave_organisation, name="leave_organisation"),
    path("join/<str:token>/", views.accept_invitation, name="accept_invitation"),
    path("registrations/", views.claim_list, name="claim_list"),
    path("registrations/<str:reference>/", views.claim, name="claim"),
    path("registrations/<str:reference>/review/", views.review_claim, name="review_claim"),
    path(
        "providers/<str:reference>/measures/<slug:kind>/",
        views.recommend_measure,
        name="recommend_measure",
    ),
    path("evidence/<uuid:document>/", views.evidence_document, name="evidence_document"),
    path("applications/", views.application_list, name="application_list"),
    path("applications/new/<slug:agreement>/", views.start_application, name="start_application"),
    path("applications/<str:reference>/", views.application, name="application"),
    path("applications/<str:reference>/lots/", views.choose_lots, name="choose_lots"),
    path("declarations/<int:pk>/", views.ground_list, name="ground_list"),
    path("declarations/<int:pk>/grounds/<slug:ground>/", views.save_ground, name="save_ground"),
    path(
        "declarations/<int:pk>/grounds/<slug:ground>/document/",
        views.ground_document,
        name="ground_document",
    ),
    path("applications/<str:reference>/details/", views.save_details, name="save_details"),
    path("applications/<str:reference>/locations/", views.location_list, name="location_list"),
    path("applications/<str:reference>/locations/add/", views.save_location, name="save_location"),
    path(
        "applications/<str:reference>/locations/<str:cqc_location_id>/remove/",
        views.remove_location,
        name="remove_location",
    ),
    path(
        "applications/<str:reference>/declaration/", views.save_declaration, name="save_declaration"
    ),
    path("applications/<str:reference>/evidence/", views.evidence_list, name="evidence_list"),
    path(
        "applications/<str:reference>/evidence/<slug:kind>/",
        views.save_evidence,
        name="save_evidence",
    ),
    path(LOT, views.save_lot, name="save_lot"),
    path(
        "applications/<str:reference>/submit/", views.submit_application, name="submit_application"
    ),
    path(
        "applications/<str:reference>/withdraw/",
        views.withdraw_application,
        name="withdraw_application",
    ),
    path(
        "applications/<str:reference>/review/", views.application_review, name="application_review"
    ),
    path("applications/<str:reference>/extension/", views.extend_decision, name="extend_decision"),
    path("applications/<str:reference>/interest/", views.declare_interest, name="declare_interest"),
    path(
        "applications/<str:reference>/clarifications/new/",
        views.ask_clarification,
        name="ask_clarification",
    ),
    path("clarifications/<int:pk>/", views.answer_clarification, name="answer_clarification"),
    path(
        "applications/<str:reference>/recall/",
        views.recall_application,
        name="recall_application",
    ),
    path(
        "declarations/<int:pk>/grounds/<slug:ground>/assess/",
        views.assess_ground,
        name="assess_ground",
    ),
    path(
        "agreements/<slug:reference>/deviations/new/",
        views.record_deviation,
        name="record_deviation",
    ),
    path("requests-for-reasons/", views.reasons_list, name="reasons_list"),
    path(f"{LOT}letter/", views.decision_letter, name="decision_letter"),
    path(f"{LOT}reasons/", views.request_reasons, name="request_reasons"),
    path(f"{LOT}reasons/answer/", views.answer_reasons, name="answer_reasons"),
    path(f"{LOT}assess/", views.assess_lot, name="assess_lot"),
    path(f"{LOT}recommend/", views.recommend_lot, name="recommend_lot"),
    path(f"{LOT}decide/", views.decide_lot, name="decide_lot"),
]

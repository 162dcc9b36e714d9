from django.urls import path

from . import views

app_name = "providers"
LOT = "applications/<str:reference>/lots/<int:number>/"
urlpatterns = [
    path("organisation/", views.own_provider, name="own_provider"),
    path("providers/", views.provider_list, name="provider_list"),
    path("providers/register/", views.register_provider, name="register_provider"),
    path("providers/<str:reference>/", views.provider, name="provider"),
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
    path(f"{LOT}assess/", views.assess_lot, name="assess_lot"),
    path(f"{LOT}recommend/", views.recommend_lot, name="recommend_lot"),
    path(f"{LOT}decide/", views.decide_lot, name="decide_lot"),
]

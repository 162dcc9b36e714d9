from django.urls import path

from . import views

app_name = "publication"
AGREEMENT = "opportunities/<slug:agreement>/"
DOCUMENT = "documents/<slug:agreement>/<slug:slug>/"
urlpatterns = [
    path("", views.opportunity, name="opportunity"),
    path("opportunities/<slug:reference>/", views.agreement, name="agreement"),
    path(f"{AGREEMENT}providers/", views.admitted_providers, name="admitted_providers"),
    path(f"{AGREEMENT}tenders/", views.tender_list, name="tender_list"),
    path(f"{AGREEMENT}awards/", views.award_list, name="award_list"),
    path(f"{AGREEMENT}awards/<int:year>/<int:quarter>/", views.award_pack, name="award_pack"),
    path(f"{AGREEMENT}answers/", views.answer_list, name="answer_list"),
    path(f"{AGREEMENT}ask/", views.ask_question, name="ask_question"),
    path(f"{AGREEMENT}subscribe/", views.subscribe, name="subscribe"),
    path(f"{AGREEMENT}publish-document/", views.publish_document, name="publish_document"),
    path("lots/<slug:agreement>/<int:number>/", views.lot, name="lot"),
    path("notices/<slug:reference>/", views.tender, name="tender"),
    path("documents/<slug:agreement>/", views.document_list, name="document_list"),
    path(DOCUMENT, views.document, name="document"),
    path(f"{DOCUMENT}publish-version/", views.publish_version, name="publish_version"),
    path(f"{DOCUMENT}<int:number>/", views.document_version, name="document_version"),
    path("questions/", views.question_list, name="question_list"),
    path("questions/<slug:reference>/answer/", views.answer_question, name="answer_question"),
    path(
        "subscriptions/<str:token>/confirm/",
        views.confirm_subscription,
        name="confirm_subscription",
    ),
    path("subscriptions/<str:token>/unsubscribe/", views.unsubscribe, name="unsubscribe"),
    path("open-data/", views.open_data, name="open_data"),
    path("open-data/releases.json", views.release_package, name="release_package"),
    path("open-data/records.json", views.record_package, name="record_package"),
    path("open-data/records/<str:ocid>.json", views.record, name="record"),
    path("open-data/releases.atom", views.release_feed, name="release_feed"),
    path("open-data/contracts.csv", views.contracts_csv, name="contracts_csv"),
    path("open-data/spend.csv", views.spend_csv, name="spend_csv"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("receipts/", views.receipt_key, name="receipt_key"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("healthz/", views.alive, name="alive"),
    path("healthz/ready/", views.ready, name="ready"),
]

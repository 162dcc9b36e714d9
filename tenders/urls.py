from django.urls import path

from . import views

app_name = "tenders"
urlpatterns = [
    path(
        "agreements/<slug:reference>/first-evaluation/",
        views.set_initial_evaluation,
        name="set_initial_evaluation",
    ),
    path("tenders/", views.tender_list, name="tender_list"),
    path("tenders/new/", views.create_tender, name="create_tender"),
    path("tenders/templates/", views.template_list, name="template_list"),
    path(
        "tenders/templates/<slug:key>/",
        views.draft_from_template,
        name="draft_from_template",
    ),
    path("tenders/<str:reference>/", views.tender, name="tender"),
    path("tenders/<str:reference>/copy/", views.copy_tender, name="copy_tender"),
    path("tenders/<str:reference>/edit/", views.edit_tender, name="edit_tender"),
    path("tenders/<str:reference>/criteria/", views.set_criteria, name="set_criteria"),
    path("tenders/<str:reference>/rehearsal/", views.rehearse, name="rehearse"),
    path("tenders/<str:reference>/publication/", views.publish_tender, name="publish_tender"),
    path(
        "tenders/<str:reference>/shorter-period/",
        views.ask_shorter_period,
        name="ask_shorter_period",
    ),
    path("tenders/<str:reference>/deadline/", views.extend_deadline, name="extend_deadline"),
    path("tenders/<str:reference>/abandonment/", views.abandon_tender, name="abandon_tender"),
    path(
        "tenders/<str:reference>/clarifications/<int:pk>/",
        views.answer_clarification,
        name="answer_clarification",
    ),
    path("tenders/<str:reference>/interests/", views.declare_interest, name="declare_interest"),
    path("tenders/<str:reference>/opening/", views.open_bids, name="open_bids"),
    path("tenders/<str:reference>/bids/<str:provider>/", views.bid, name="bid"),
    path(
        "tenders/<str:reference>/bids/<str:provider>/files/<uuid:document>/",
        views.attachment,
        name="attachment",
    ),
    path(
        "tenders/<str:reference>/bids/<str:provider>/price-question/",
        views.ask_explanation,
        name="ask_explanation",
    ),
    path(
        "tenders/<str:reference>/bids/<str:provider>/price-decision/",
        views.decide_price,
        name="decide_price",
    ),
    path("tenders/<str:reference>/scores/", views.score_bids, name="score_bids"),
    path(
        "tenders/<str:reference>/scores/<str:provider>/<int:position>/",
        views.score_response,
        name="score_response",
    ),
    path("tenders/<str:reference>/moderation/", views.moderate_scores, name="moderate_scores"),
    path(
        "tenders/<str:reference>/moderation/<str:provider>/<int:position>/",
        views.moderate_response,
        name="moderate_response",
    ),
    path("tenders/<str:reference>/panel/", views.replace_member, name="replace_member"),
    path("tenders/<str:reference>/quality-lock/", views.lock_quality, name="lock_quality"),
    path("tenders/<str:reference>/ranking/", views.ranking, name="ranking"),
    path("tenders/<str:reference>/recommendation/", views.recommend_award, name="recommend_award"),
    path("tenders/<str:reference>/award/", views.approve_award, name="approve_award"),
    path("tenders/<str:reference>/decision/", views.decision_record, name="decision_record"),
    path("tenders/<str:reference>/confirmation/", views.confirm_award, name="confirm_award"),
    path(
        "tenders/<str:reference>/challenges/new/", views.record_challenge, name="record_challenge"
    ),
    path(
        "tenders/<str:reference>/challenges/<int:pk>/",
        views.settle_challenge,
        name="settle_challenge",
    ),
    path("tenders/<str:reference>/letters/<str:provider>/", views.sent_letter, name="sent_letter"),
    path(
        "tenders/<str:reference>/letters/<str:provider>/letter.pdf",
        views.sent_letter_pdf,
        name="sent_letter_pdf",
    ),
    path(
        "tenders/<str:reference>/further-reasons/<int:pk>/",
        views.answer_debrief,
        name="answer_debrief",
    ),
    path(
        "tenders/<str:reference>/regulation-84.pdf",
        views.procurement_report,
        name="procurement_report",
    ),
    path("contracts/", views.contract_list, name="contract_list"),
    path("contracts/<str:reference>/", views.contract, name="contract"),
    path(
        "contracts/<str:reference>/option/",
        views.exercise_contract_option,
        name="exercise_contract_option",
    ),
    path("invitations/", views.invitation_list, name="invitation_list"),
    path("invitations/<str:reference>/", views.invitation, name="invitation"),
    path(
        "invitations/<str:reference>/clarifications/",
        views.ask_clarification,
        name="ask_clarification",
    ),
    path("invitations/<str:reference>/bid/", views.bid_task_list, name="bid_task_list"),
    path(
        "invitations/<str:reference>/bid/answers/<int:position>/",
        views.edit_answer,
        name="edit_answer",
    ),
    path(
        "invitations/<str:reference>/bid/answers/<int:position>/files/",
        views.attach_file,
        name="attach_file",
    ),
    path("invitations/<str:reference>/bid/files/<int:number>/", views.own_file, name="own_file"),
    path(
        "invitations/<str:reference>/bid/files/<int:number>/removal/",
        views.remove_file,
        name="remove_file",
    ),
    path("invitations/<str:reference>/bid/price/", views.edit_price, name="edit_price"),
    path("invitations/<str:reference>/bid/submission/", views.submit_bid, name="submit_bid"),
    path("invitations/<str:reference>/bid/withdrawal/", views.withdraw_bid, name="withdraw_bid"),
    path("invitations/<str:reference>/bid/receipt.txt", views.receipt, name="receipt"),
    path("invitations/<str:reference>/bid/content.json", views.bid_content, name="bid_content"),
    path(
        "invitations/<str:reference>/shorter-periods/<int:pk>/",
        views.answer_shorter_period,
        name="answer_shorter_period",
    ),
    path("invitations/<str:reference>/price/", views.explain_price, name="explain_price"),
    path("invitations/<str:reference>/letter/", views.letter, name="letter"),
    path(
        "invitations/<str:reference>/letter/further-reasons/",
        views.request_debrief,
        name="request_debrief",
    ),
    path("invitations/<str:reference>/letter/letter.pdf", views.letter_pdf, name="letter_pdf"),
]

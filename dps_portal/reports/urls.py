from django.urls import path

from . import views

app_name = "reports"
urlpatterns = [
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/<int:year>/<int:month>/", views.calendar_month, name="calendar_month"),
    path("calendar/link/", views.calendar_link, name="calendar_link"),
    path("calendar/link/make/", views.make_link, name="make_link"),
    path("calendar/link/revoke/", views.revoke_link, name="revoke_link"),
    path("calendar/due.ics", views.feed, name="feed"),
    path("reports/spend/", views.spend, name="spend"),
    path("reports/spend.csv", views.spend_csv, name="spend_csv"),
    path("reports/spend.xlsx", views.spend_xlsx, name="spend_xlsx"),
    path("reports/spend/pdf/", views.request_spend_pdf, name="request_spend_pdf"),
    path("reports/statement/", views.statement, name="statement"),
    path("reports/statement/pdf/", views.request_statement, name="request_statement"),
    path("reports/finance-pack/", views.pack, name="pack"),
    path("reports/finance-pack/pdf/", views.request_pack, name="request_pack"),
    path("reports/letters/<str:reference>/", views.request_letter, name="request_letter"),
    path("reports/runs/", views.report_list, name="report_list"),
    path("reports/runs/<int:pk>/", views.report_run, name="report_run"),
    path("reports/runs/<int:pk>/report.pdf", views.report_pdf, name="report_pdf"),
    path("reports/runs/<int:pk>/report.csv", views.report_csv, name="report_csv"),
    path("reports/runs/<int:pk>/report.xlsx", views.report_xlsx, name="report_xlsx"),
    path("reports/runs/<int:pk>/cancel/", views.cancel_report, name="cancel_report"),
    path("reports/runs/<int:pk>/retry/", views.retry_report, name="retry_report"),
    path("audit/", views.audit_trail, name="audit_trail"),
    path("audit/verification/", views.verify_trail, name="verify_trail"),
    path("health/", views.health, name="health"),
]

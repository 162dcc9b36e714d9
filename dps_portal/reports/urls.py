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
    path("reports/spend/pdf/", views.request_spend_pdf, name="request_spend_pdf"),
    path("reports/runs/", views.report_list, name="report_list"),
    path("reports/runs/<int:pk>/", views.report_run, name="report_run"),
    path("reports/runs/<int:pk>/spend.pdf", views.spend_pdf, name="spend_pdf"),
    path("dashboard/", views.dashboard, name="dashboard"),
    path("dashboard/<slug:name>/", views.figure_rows, name="figure_rows"),
    path("benchmark/", views.benchmark, name="benchmark"),
    path("benchmark/rates/", views.rate_list, name="rate_list"),
    path("benchmark/rates/import/", views.import_rates, name="import_rates"),
    path("benchmark/rates/import/confirm/", views.confirm_rates, name="confirm_rates"),
    path("benchmark/imports/<int:pk>/withdraw/", views.withdraw_rates, name="withdraw_rates"),
    path("audit/", views.auditor_desk, name="auditor_desk"),
    path("audit/trail/", views.audit_trail, name="audit_trail"),
    path("audit/verifications/", views.verification_list, name="verification_list"),
    path("audit/verifications/new/", views.verify_trail, name="verify_trail"),
    path("audit/duties/", views.duty_list, name="duty_list"),
    path("audit/duties/<slug:name>/", views.duty, name="duty"),
    path("audit/accesses/", views.access_summary, name="access_summary"),
    path("audit/scores/", views.score_check_list, name="score_check_list"),
    path("audit/scores/<slug:reference>/", views.score_check, name="score_check"),
    path("audit/costs/", views.cost_check_list, name="cost_check_list"),
    path("audit/costs/<slug:reference>/", views.cost_check, name="cost_check"),
    path("health/", views.health, name="health"),
]

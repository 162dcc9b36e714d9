"""How gunicorn serves the portal; read from the folder it is started in."""

worker_class = "gthread"
workers = 2
threads = 4
graceful_timeout = 20
accesslog = "-"
# No query strings: a search may hold a name.
access_log_format = "%(t)s %(h)s %(m)s %(U)s %(s)s %(b)s bytes %(M)s ms"

"""Gunicorn's settings; the address comes from the command line."""

wsgi_app = "config.wsgi:application"
# Two cores: a second process for the second core, threads for whoever waits for the database.
workers = 2
worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 10
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
# no query string: filters may carry names
accesslog = "-"
access_log_format = "%(t)s %(h)s %(m)s %(U)s %(s)s %(B)s %(L)s"
# the supervisor is the one who starts and stops
control_socket_disable = True

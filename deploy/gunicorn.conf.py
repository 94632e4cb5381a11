"""gunicorn in production: gunicorn --config deploy/gunicorn.conf.py csoc_admin.wsgi

WEB_BIND, WEB_WORKERS and WEB_TIMEOUT come from the environment; gunicorn's own command line goes before all of them.
"""

from csoc_admin.settings import LOGGING, env

bind = env("WEB_BIND", "127.0.0.1:8000")
workers = env.int("WEB_WORKERS", 3, least=1, most=256)
# A book of tens of thousands of rows is judged while its sender waits.
timeout = env.int("WEB_TIMEOUT", 120, least=1, most=3600)
env.settled()
graceful_timeout = 30
# Each worker is replaced now and then, not all at once.
max_requests = 2000
max_requests_jitter = 200

# gunicorn's lines look like all others; csoc_admin.access writes the line of a request.
logconfig_dict = LOGGING
control_socket_disable = True

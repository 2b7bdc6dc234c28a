"""The pages from a server in the test's own process and database, for what needs a browser but no whole stack."""

import threading
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.wsgi import get_wsgi_application
from django.db import connections


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = False
    block_on_close = True

    def process_request_thread(self, request, client_address):
        super().process_request_thread(request, client_address)
        connections.close_all()


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        """The test's own output is enough."""


@contextmanager
def serving(settings):
    """Serve on a free port while the block runs; gives the address, which the pages know too."""
    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=Server, handler_class=Quiet)
    settings.SIP_PUBLIC_URL = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield settings.SIP_PUBLIC_URL
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)

"""The bare page: one rendered template without a database, under the server of the product. `python -m tests.load.bare` serves it."""

import signal
import threading

from flask import Flask, render_template_string

from matchmaker.web.kit import draining
from matchmaker.web.server import SiteServer

_ROWS = [{"name": f"Shop {number}", "city": "Lukomorye", "score": 100 - number} for number in range(20)]
_PAGE = """<!doctype html>
<html lang="en">
  <head><title>{{ title }}</title></head>
  <body>
    <h1>{{ title }}</h1>
    <ol>
      {% for row in rows %}
        <li><h3>{{ row.name }}</h3><p>{{ row.city }} · {{ row.score }} %</p></li>
      {% endfor %}
    </ol>
  </body>
</html>"""


def site() -> Flask:
    app = Flask(__name__)
    draining.register(app)  # SiteServer asks it

    @app.get("/")
    def page() -> str:
        return render_template_string(_PAGE, title="Suppliers", rows=_ROWS)

    return app


def main() -> None:
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    server = SiteServer(site(), "127.0.0.1", 0)
    print(f"The bare page is at http://127.0.0.1:{server.port}/", flush=True)
    server.run(over.is_set, over.set, 1)


if __name__ == "__main__":
    main()

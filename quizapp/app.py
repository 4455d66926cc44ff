"""Putting the application together."""

from __future__ import annotations

import os

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from quizapp import paths, web
from quizapp.config import Settings
from quizapp.db import db


def create_app(settings: Settings | None = None) -> Flask:
    """Return a new application; given no settings, read them from the environment."""
    settings = settings or Settings.from_environ(os.environ)
    app = Flask("quizapp", template_folder=str(paths.TEMPLATES), static_folder=None)
    app.config.from_mapping(settings.flask())
    app.extensions["quizapp.settings"] = settings
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    web.init_app(app)
    app.wsgi_app = web.assets.wrap_static(app.wsgi_app)  # type: ignore[method-assign]
    if hops := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    return app

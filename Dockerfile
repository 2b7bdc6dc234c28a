# The production image. Pin it further with --build-arg PYTHON_IMAGE=python@sha256:… from your own registry.
ARG PYTHON_IMAGE=python:3.13.7-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
WORKDIR /srv/sip
RUN python -m venv /opt/venv
COPY requirements/base.lock requirements/base.lock
RUN /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-input \
        --only-binary=:all: --require-hashes -r requirements/base.lock
COPY . .
# The settings demand values that collectstatic never uses; none of them reaches the final image's environment.
RUN SIP_MODE=production SIP_HOME=/var/lib/sip \
        SIP_SECRET_KEY=build-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH \
        SIP_DB_WEB_URL=postgresql://build:only@127.0.0.1:9/none \
        /opt/venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && /opt/venv/bin/python -m compileall -q /srv/sip /opt/venv/lib

FROM ${PYTHON_IMAGE}
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 sip \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin sip \
    && install -d -o sip -g sip -m 0700 /var/lib/sip-anchors /var/lib/sip-anchor-key /var/lib/sip-export
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/sip /srv/sip
COPY --from=build /var/lib/sip /var/lib/sip
WORKDIR /srv/sip
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    DJANGO_SETTINGS_MODULE=sip.settings \
    SIP_MODE=production \
    SIP_HOME=/var/lib/sip \
    GRANIAN_INTERFACE=wsgi \
    GRANIAN_HOST=0.0.0.0 \
    GRANIAN_PORT=8000 \
    GRANIAN_WORKERS=2 \
    GRANIAN_BLOCKING_THREADS=4
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-m", "sip.healthcheck", "web"]
CMD ["granian", "sip.wsgi:application"]

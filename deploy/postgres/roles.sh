#!/bin/sh
# Run once by the PostgreSQL image when it makes the cluster. roles.sql is what `manage.py create_roles` prints.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres --quiet \
    -v migrate_password="$COOPDESK_MIGRATE_PASSWORD" \
    -v app_password="$COOPDESK_APP_PASSWORD" \
    -v worker_password="$COOPDESK_WORKER_PASSWORD" \
    -f /roles.sql

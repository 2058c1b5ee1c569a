#!/bin/sh
# The command line with the settings and secrets of the services, as their user: install it as /usr/local/sbin/matchmaker.
set -eu
set -a
. /etc/matchmaker/site.env
MATCHMAKER_DATA=/var/lib/matchmaker
: "${MATCHMAKER_BACKUPS:=/var/backups/matchmaker}"
CREDENTIALS_DIRECTORY=/etc/matchmaker/secrets
set +a
cd "$MATCHMAKER_DATA"
exec runuser -u matchmaker -- /opt/matchmaker/bin/matchmaker "$@"

#!/bin/sh
# Bring Chromium, PostgreSQL and two spam filters from the system's packages for the tests, or say what is missing and
# what it costs.
set -u

has_chromium() { command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; }
has_postgres() { ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1; }

wanted=""
has_chromium || wanted="$wanted chromium"
has_postgres || wanted="$wanted postgresql"
command -v spamassassin >/dev/null 2>&1 || wanted="$wanted spamassassin"
command -v rspamd >/dev/null 2>&1 || wanted="$wanted rspamd"
[ -n "$wanted" ] || exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
  if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root="sudo -n"; else as_root="no"; fi
fi
if command -v apt-get >/dev/null 2>&1 && [ "$as_root" != "no" ]; then
  echo "Bringing$wanted from the system's packages …"
  $as_root apt-get update -qq >/dev/null 2>&1
  for package in $wanted; do
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 ||
      echo "could not install $package"
  done
fi
has_chromium || echo "NO CHROMIUM: tests that look at mails and pages in a browser are skipped. Install the package chromium to run them."
has_postgres || echo "NO POSTGRESQL SERVER: tests of the store on PostgreSQL are skipped. Install the package postgresql to run them."
exit 0

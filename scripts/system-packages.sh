#!/bin/sh
# Bring Chromium, PostgreSQL, Postfix and Dovecot from the system's packages for the tests, or say what is missing and
# what it costs. No service is started.
set -u

has_chromium() { command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; }
has_postgres() { ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1; }
has_postfix() { [ -x /usr/sbin/postfix ]; }
has_dovecot() { [ -x /usr/sbin/dovecot ] && ls /usr/lib/dovecot/imap >/dev/null 2>&1; }

wanted=""
has_chromium || wanted="$wanted chromium"
has_postgres || wanted="$wanted postgresql"
has_postfix || wanted="$wanted postfix"
has_dovecot || wanted="$wanted dovecot-imapd"
[ -n "$wanted" ] || exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
  if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root="sudo -n"; else as_root="no"; fi
fi
if command -v apt-get >/dev/null 2>&1 && [ "$as_root" != "no" ]; then
  echo "Bringing$wanted from the system's packages …"
  # Debian starts a service as soon as its package is installed, unless this file says no.
  policy=/usr/sbin/policy-rc.d
  ours=""
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null && $as_root chmod 755 "$policy" && ours="yes"
  fi
  $as_root apt-get update -qq >/dev/null 2>&1
  if command -v debconf-set-selections >/dev/null 2>&1; then
    echo "postfix postfix/main_mailer_type select No configuration" | $as_root debconf-set-selections >/dev/null 2>&1
  fi
  for package in $wanted; do
    # A mail server that is here already is not pushed out by ours.
    if [ "$package" = postfix ] && [ -x /usr/sbin/sendmail ]; then
      echo "not installing postfix: this machine has another mail server"
      continue
    fi
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 ||
      echo "could not install $package"
  done
  [ -z "$ours" ] || $as_root rm -f "$policy"
fi
has_chromium || echo "NO CHROMIUM: tests that look at mails and pages in a browser are skipped. Install the package chromium to run them."
has_postgres || echo "NO POSTGRESQL SERVER: tests of the store on PostgreSQL are skipped. Install the package postgresql to run them."
has_postfix && has_dovecot || echo "NO POSTFIX OR DOVECOT: the test of mail through real servers is skipped. Install the packages postfix and dovecot-imapd to run it."
exit 0

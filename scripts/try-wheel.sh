#!/bin/sh
# Build the wheel and use it as a newcomer would: in an empty folder, without development packages.
set -eu
python=$1
checkout=$(pwd)
bench=$(mktemp -d)
trap 'rm -rf "$bench"' EXIT

"$python" -m build --wheel --outdir "$bench/dist" "$checkout" >"$bench/build.log" 2>&1 || { cat "$bench/build.log"; exit 1; }
"$python" -m venv "$bench/venv"
"$bench/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$bench"/dist/*.whl
cd "$bench"
digest="$bench/venv/bin/digest"
"$digest" --version
"$digest" init paper
cd paper
"$digest" send daily --yes
"$digest" send daily --yes
mails=$(find var/outbox -name '*.eml' | wc -l)
[ "$mails" -gt 0 ] || { echo "the wheel sent no mail" >&2; exit 1; }
echo "the wheel works: $mails mails in an empty folder"

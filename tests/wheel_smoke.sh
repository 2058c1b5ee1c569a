#!/usr/bin/env bash
# Builds the wheel, installs it into a fresh environment outside the checkout, runs the main job there and asks the site.
set -euo pipefail
checkout=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
"$checkout/.venv/bin/python" -m build --no-isolation --outdir "$work/dist" "$checkout" >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$checkout/requirements.lock"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps "$work"/dist/*.whl
mkdir "$work/empty" && cd "$work/empty"
unset PYTHONPATH
"$work/venv/bin/matchmaker" --version
"$work/venv/bin/matchmaker" demo --no-serve
"$work/venv/bin/matchmaker" match --all --format jsonl --top 3 >"$work/matches.jsonl"
test -s "$work/matches.jsonl"
port=$("$work/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
MATCHMAKER_PORT=$port "$work/venv/bin/matchmaker" serve >"$work/serve.log" 2>&1 &
server=$!
for _ in $(seq 100); do
    curl -fsS "http://127.0.0.1:$port/healthz" >/dev/null 2>&1 && break
    sleep 0.2
done
# A page is kept before it is searched: a pipe that grep leaves early is an error of curl.
page=$work/page.html
curl -fsS "http://127.0.0.1:$port/" -o "$page" && grep -q "<h1" "$page" || { cat "$work/serve.log"; exit 1; }
curl -fsS -H 'Accept-Language: ru' "http://127.0.0.1:$port/" -o "$page" && grep -q "Поставщик" "$page" || { echo "no Russian page"; exit 1; }
curl -fsS "http://127.0.0.1:$port/suppliers?q=turning" -o "$page"
grep -q "<h1" "$page"
echo "The installed wheel runs the main job and serves the site."

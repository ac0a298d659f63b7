#!/usr/bin/env bash
# HAProxy 2.6.12-1+deb12u4 (Debian 12), jwt_payload_query.
# Expected: "\u0142ukasz" and the same name in UTF-8 are one text (RFC 8259 7 and 8.3), whichever
#   way the issuer's JSON writer puts it; Python's json.dumps escapes all but ASCII by default.
# Seen: a text with an escape from \u0100 on is as good as missing; one from \u0080 to \u00ff
#   becomes a single byte, which is not UTF-8. Unescaped, both names come through whole.
# A user meets: people with names outside of ASCII are refused or reach the backend without a
#   readable name, though their tokens are in order; the tests, with ASCII names, see nothing of it.
set -euo pipefail
cd "$(mktemp -d)"
proxy=
trap '[ -z "$proxy" ] || kill "$proxy" || true; rm -rf "$PWD"' EXIT

for package in haproxy=2.6.12-1+deb12u4 libpcre2-8-0=10.42-1 liblua5.3-0=5.3.6-2 \
        libopentracing-c-wrapper0=1.1.3-3+b1 libopentracing1=1.6.0-4; do
    apt-get -qq download "$package" 2> apt.log || { cat apt.log >&2; exit 2; }
done
for file in *.deb; do dpkg -x "$file" root; done

openssl genrsa -out private.pem 2048 2> /dev/null
openssl rsa -in private.pem -pubout -out public.pem 2> /dev/null
base64url() { base64 -w0 | tr '+/' '-_' | tr -d '='; }
token() {
    local text
    text="$(printf '{"alg":"RS256","typ":"JWT"}' | base64url).$(printf '%s' "$1" | base64url)"
    printf '%s.%s' "$text" "$(printf '%s' "$text" | openssl dgst -sha256 -sign private.pem | base64url)"
}

cat > haproxy.cfg <<'CONFIG'
defaults
    mode http
    timeout client 10s
frontend api
    bind unix@api.socket
    acl signed http_auth_bearer,jwt_verify("RS256","public.pem") -m int 1
    http-request deny deny_status 403 unless signed
    http-request set-var(txn.name) http_auth_bearer,jwt_payload_query('$.name')
    http-request return status 200 content-type text/plain lf-string %[var(txn.name)] if { var(txn.name) -m found }
    http-request return status 401 content-type text/plain string "no name"
CONFIG
LD_LIBRARY_PATH=$(echo "$PWD"/root/usr/lib/*-linux-gnu) root/usr/sbin/haproxy -db -f haproxy.cfg > log 2>&1 &
proxy=$!
for _ in {1..100}; do [ -S api.socket ] && break; sleep 0.1; done

seen=
for name in 'łukasz' '\u0142ukasz' 'Jörg' 'J\u00f6rg'; do
    answer=$(curl -sS --unix-socket api.socket \
        -H "Authorization: Bearer $(token "{\"sub\":\"4711\",\"name\":\"$name\"}")" http://localhost/ | od -An -c | tr -s ' ')
    echo "name $name is read as$answer"
    seen="$seen$answer;"
done
[ "$seen" = " 305 202 u k a s z; n o n a m e; J 303 266 r g; J 366 r g;" ] ||
    { echo "This has changed."; exit 1; }

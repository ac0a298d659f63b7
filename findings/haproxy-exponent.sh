#!/usr/bin/env bash
# HAProxy 2.6.12-1+deb12u4 (Debian 12), jwt_payload_query with the type 'int'.
# Expected: 4.1e9, 41e8 and 4100000000 are one and the same number (RFC 8259 6), so that a token
#   with any of them as its `exp` (RFC 7519 4.1.4: a NumericDate, a JSON number) ends in 2099.
# Seen: only the digits before the point or the `e` are read: 4.1e9 counts as 4, 41e8 as 41.
# A user meets: with the usual rule "exp minus date is above 0", tokens of an issuer whose JSON writer
#   writes `exp` with an exponent are refused as having ended in 1970.
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
    http-request set-var(txn.now) date
    http-request set-var(txn.exp) http_auth_bearer,jwt_payload_query('$.exp','int')
    acl signed http_auth_bearer,jwt_verify("RS256","public.pem") -m int 1
    acl unexpired var(txn.exp),sub(txn.now) -m int gt 0
    http-request deny deny_status 403 unless signed
    http-request return status 401 content-type text/plain lf-string %[var(txn.exp)] unless unexpired
    http-request return status 200 content-type text/plain lf-string %[var(txn.exp)]
CONFIG
LD_LIBRARY_PATH=$(echo "$PWD"/root/usr/lib/*-linux-gnu) root/usr/sbin/haproxy -db -f haproxy.cfg > log 2>&1 &
proxy=$!
for _ in {1..100}; do [ -S api.socket ] && break; sleep 0.1; done

seen=
for exp in 4100000000 4100000000.0 41e8 4.1e9; do
    answer=$(curl -sS --unix-socket api.socket -w ' status %{http_code}' \
        -H "Authorization: Bearer $(token "{\"sub\":\"alice\",\"exp\":$exp}")" http://localhost/)
    echo "exp $exp is read as $answer"
    seen="$seen$answer;"
done
[ "$seen" = "4100000000 status 200;4100000000 status 200;41 status 401;4 status 401;" ] ||
    { echo "This has changed."; exit 1; }

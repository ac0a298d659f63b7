#!/usr/bin/env bash
# HAProxy 2.6.12-1+deb12u4 (Debian 12), jwt_payload_query without a type.
# Expected: a claim that is the number 1234567 (RFC 7519 4.3, any private claim; RFC 8259 6) comes
#   out with its seven digits: integers below 2^53 are interoperable, says RFC 8259 6.
# Seen: numbers of more than six digits come out rounded and in scientific notation, 1.23457e+06.
#   With the type 'int' all digits are there.
# A user meets: a rule or a header for the backend with a user's numeric id works in the tests with
#   small ids, and refuses every real user from the millionth on; `iat` becomes 1.76447e+09.
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
    http-request set-var(txn.plain) http_auth_bearer,jwt_payload_query('$.uid')
    http-request set-var(txn.int) http_auth_bearer,jwt_payload_query('$.uid','int')
    http-request return status 200 content-type text/plain lf-string "%[var(txn.plain)] and as int %[var(txn.int)]"
CONFIG
LD_LIBRARY_PATH=$(echo "$PWD"/root/usr/lib/*-linux-gnu) root/usr/sbin/haproxy -db -f haproxy.cfg > log 2>&1 &
proxy=$!
for _ in {1..100}; do [ -S api.socket ] && break; sleep 0.1; done

seen=
for uid in 123456 1234567 1764470400; do
    answer=$(curl -sS --unix-socket api.socket \
        -H "Authorization: Bearer $(token "{\"sub\":\"alice\",\"uid\":$uid}")" http://localhost/)
    echo "uid $uid is read as $answer"
    seen="$seen$answer;"
done
[ "$seen" = "123456 and as int 123456;1.23457e+06 and as int 1234567;1.76447e+09 and as int 1764470400;" ] ||
    { echo "This has changed."; exit 1; }

#!/usr/bin/env bash
# mod_oauth2 3.3.1-1 for Apache, with liboauth2 1.4.5.4-1 (Debian 12).
# Expected: `exp` may have a fraction: a NumericDate is a JSON number, "non-integer values can be
#   represented" (RFC 7519 2), and 4100000000, 4100000000.0 and 4.1e9 are one number (RFC 8259 6).
# Seen: each form but the whole number counts as 0, the token as ended in 1970 (401, invalid_token).
# A user meets: an issuer that adds an hour to a clock with fractions (as Python's or JavaScript's)
#   has all its tokens refused; the log says that they expired 1.8 billion seconds ago.
set -euo pipefail
cd "$(mktemp -d)"
server=
trap '[ -z "$server" ] || { kill "$server"; wait "$server"; } || true; rm -rf "$PWD"' EXIT
chmod 755 . # for the user nobody
for package in libapache2-mod-oauth2=3.3.1-1 lib{oauth2-0,oauth2-apache0}=1.4.5.4-1 libcjose0=0.6.2.1-1+deb12u2 \
        libjansson4=2.14-2 apache2-bin=2.4.71-1~deb12u1 libapr1=1.7.2-3+deb12u1 libaprutil1=1.6.3-1+deb12u1 \
        libpcre2-8-0=10.42-1 libhiredis0.14=0.14.1-3 lib{memcached11,hashkit2}=1.1.4-1; do
    apt-get -qq download "$package" 2> apt.log || { cat apt.log >&2; exit 2; }
done
for file in *.deb; do dpkg -x "$file" root; done
base64url() { base64 -w0 | tr '+/' '-_' | tr -d '='; }
openssl genrsa -out private.pem 2048 2> openssl.log
modulus=$(openssl rsa -in private.pem -noout -modulus | perl -ne 'print pack "H*", /=(\w+)/' | base64url)
token() {
    local text
    text="$(printf '{"alg":"RS256"}' | base64url).$(printf '%s' "$1" | base64url)"
    printf '%s.%s' "$text" "$(printf '%s' "$text" | openssl dgst -sha256 -sign private.pem | base64url)"
}

port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport')
for module in mpm_event authn_core authz_core oauth2; do
    echo "LoadModule ${module}_module $PWD/root/usr/lib/apache2/modules/mod_$module.so"
done > apache.conf
cat >> apache.conf <<CONFIG
Listen 127.0.0.1:$port
ServerName localhost
DefaultRuntimeDir $PWD
ErrorLog $PWD/error.log
User nobody
Group nogroup
DocumentRoot $PWD/site
<Location />
AuthType oauth2
OAuth2TokenVerify jwk '{"kty":"RSA","e":"AQAB","n":"$modulus"}'
Require oauth2_claim "aud:api"
</Location>
CONFIG
mkdir site && echo served > site/page
LD_LIBRARY_PATH=$(echo "$PWD"/root/usr/lib/*-linux-gnu) root/usr/sbin/apache2 -DFOREGROUND -f "$PWD/apache.conf" &
server=$!
seen=
for exp in 4100000000 4100000000.5 4100000000.0 4.1e9; do
    status=$(curl -s --retry 20 --retry-delay 1 --retry-connrefused -o body -w '%{http_code}' \
        -H "Authorization: Bearer $(token "{\"sub\":\"alice\",\"aud\":\"api\",\"exp\":$exp}")" "http://127.0.0.1:$port/page")
    echo "exp $exp: $status"
    seen="$seen $status"
done
grep -o '"exp" validation failure.*' error.log
[ "$seen" = " 200 401 401 401" ] || { echo "This has changed."; exit 1; }

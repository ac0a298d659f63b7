#!/usr/bin/env bash
# Kafka clients 4.4.0, the broker's OAuthBearerValidatorCallbackHandler (jose4j 0.9.6, jackson-databind 2.21.8).
# Expected: a list that names a scope twice grants what the list without the repetition grants: scopes are
#   a set whose order has no meaning (RFC 6749 3.3), and a JSON array may repeat a value (RFC 8259 5).
# Seen: ["topics.read","topics.read"] makes the whole token refused as invalid_token, with no word of a scope;
#   the single name, another one beside it, and no scope at all are taken.
# A user meets: whoever gets a scope from two groups or roles, which the issuer merges without removing
#   duplicates, cannot connect at all, while a colleague with fewer roles can.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
for artifact in org.apache.kafka:kafka-clients:4.4.0 org.bitbucket.b_c:jose4j:0.9.6 org.slf4j:slf4j-api:1.7.36 \
        com.fasterxml.jackson.core:jackson-{databind:2.21.8,core:2.21.8,annotations:2.21}; do
    mvn -q -B dependency:copy -Dartifact="$artifact" -DoutputDirectory=lib > mvn.log 2>&1 || { cat mvn.log >&2; exit 2; }
done

cat > Ask.java <<'JAVA'
import java.nio.file.*;
import java.util.*;
import javax.security.auth.callback.Callback;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.config.*;
import org.apache.kafka.common.security.oauthbearer.*;
import org.jose4j.jwk.*;
import org.jose4j.jws.JsonWebSignature;

class Ask {
    public static void main(String[] scopes) throws Exception {
        RsaJsonWebKey key = RsaJwkGenerator.generateJwk(2048);
        key.setKeyId("one");
        String url = Files.writeString(Path.of("keys.json"), new JsonWebKeySet(key).toJson()).toUri().toString();
        System.setProperty("org.apache.kafka.sasl.oauthbearer.allowed.urls", url);
        ConfigDef known = new ConfigDef();
        SaslConfigs.addClientSaslSupport(known);
        var settings = new AbstractConfig(known, Map.of("sasl.oauthbearer.jwks.endpoint.url", url,
                "sasl.oauthbearer.expected.issuer", "https://issuer.example",
                "sasl.oauthbearer.expected.audience", "kafka", "sasl.oauthbearer.scope.claim.name", "scp"), false);
        var broker = new OAuthBearerValidatorCallbackHandler();
        broker.configure(settings.values(), "OAUTHBEARER", List.of(new AppConfigurationEntry("any",
                AppConfigurationEntry.LoginModuleControlFlag.REQUIRED, Map.of())));
        long now = System.currentTimeMillis() / 1000;
        for (String scope : scopes) {
            var token = new JsonWebSignature();
            token.setKey(key.getPrivateKey());
            token.setKeyIdHeaderValue("one");
            token.setAlgorithmHeaderValue("RS256");
            token.setPayload("{\"iss\":\"https://issuer.example\",\"sub\":\"alice\",\"aud\":\"kafka\",\"iat\":%d,\"exp\":%d,\"scp\":%s}"
                    .formatted(now, now + 600, scope));
            var question = new OAuthBearerValidatorCallback(token.getCompactSerialization());
            broker.handle(new Callback[] {question});
            System.out.println(scope + " -> " + (question.token() == null ? question.errorStatus() : "taken"));
        }
    }
}
JAVA
java -cp 'lib/*' Ask.java '[]' '["topics.read"]' '["topics.read","topics.write"]' \
    '["topics.read","topics.read"]' 2> java.log > seen || { cat java.log >&2; exit 2; }
cat seen
[ "$(sed 's/.* -> //' seen | xargs)" = "taken taken taken invalid_token" ] || { echo "This has changed."; exit 1; }

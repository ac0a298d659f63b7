import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jose4j.base64url.Base64Url;
import org.jose4j.http.Get;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.JwtContext;
import org.jose4j.jwt.consumer.Validator;
import org.jose4j.jwx.Headers;
import org.jose4j.keys.resolvers.HttpsJwksVerificationKeyResolver;
import org.jose4j.lang.JoseException;

/** An API behind OAuth 2.0: the JDK's HttpServer and jose4j. */
public class Server {

    private static final String ISSUER = System.getenv("ISSUER");
    private static final String AUDIENCE = System.getenv("AUDIENCE");
    private static final String SCOPE = System.getenv("SCOPE");
    private static final String JWKS_URI = System.getenv().getOrDefault("JWKS_URI", ISSUER + "/v1/keys"); // Okta's place
    private static final boolean RFC9068 = "rfc9068".equals(System.getenv("TOKEN_SHAPE"));

    /** RFC 6750 section 2.1, with the three parts of RFC 7515 section 7.1, in base64url and nothing else. */
    private static final Pattern BEARER = Pattern.compile("(?i:bearer) +([\\w~+/.-]+=*)");
    private static final Pattern COMPACT = Pattern.compile("[\\w-]+\\.[\\w-]+\\.[\\w-]+");

    public static void main(String[] arguments) throws IOException {
        JwtConsumer consumer = consumer(keys());
        int port = Integer.parseInt(System.getenv("SERVER_PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.setExecutor(Executors.newFixedThreadPool(16));
        server.createContext("/", exchange -> {
            try (exchange) {
                handle(exchange, consumer);
            }
        });
        server.start();
    }

    private static HttpsJwks keys() {
        var get = new Get();
        get.setConnectTimeout(2000);
        get.setReadTimeout(2000);
        get.setRetries(1);
        var keys = new HttpsJwks(JWKS_URI);
        keys.setSimpleHttpGet(get);
        keys.setDefaultCacheDuration(30);
        keys.setRetainCacheOnErrorDuration(300);
        keys.setRefreshReprieveThreshold(1000);
        return keys;
    }

    private static JwtConsumer consumer(HttpsJwks keys) {
        var builder = new JwtConsumerBuilder()
            .setJwsAlgorithmConstraints(ConstraintType.PERMIT, AlgorithmIdentifiers.RSA_USING_SHA256)
            .setVerificationKeyResolver(new KeysForTheirAlgorithm(keys))
            .setExpectedIssuer(ISSUER)
            .setExpectedAudience(AUDIENCE)
            .setRequireExpirationTime()
            .setRequireSubject()
            .setAllowedClockSkewInSeconds(30);
        if (RFC9068) {
            builder.setExpectedType(true, "at+jwt").setRequireIssuedAt().setRequireJwtId();
        } else {
            builder.setExpectedType(false, "JWT");
        }
        // An ID token of the same issuer, signed with the same key, has no such claim.
        String client = RFC9068 ? "client_id" : "cid";
        builder.registerValidator((Validator) context ->
            context.getJwtClaims().getClaimValueAsString(client) == null ? "no " + client : null);
        builder.registerValidator((Validator) Server::headerFault);
        return builder.build();
    }

    private static String headerFault(JwtContext context) {
        Headers header = context.getJoseObjects().get(0).getHeaders();
        String text = header.getFullHeaderAsJsonString();
        // RFC 7515 section 5.2: UTF-8. What is not was replaced when the text was made.
        boolean isUtf8 = Arrays.equals(text.getBytes(StandardCharsets.UTF_8), Base64Url.decode(header.getEncodedHeader()));
        try {
            // RFC 7515 section 4.1.11: no extension is understood here, and no list of them is empty.
            return isUtf8 && !JsonUtil.parseJson(text).containsKey("crit") ? null : "header";
        } catch (JoseException exception) {
            return "header";
        }
    }

    /** RFC 7517 section 4.4: a key with an `alg` is for that one alone. */
    private static class KeysForTheirAlgorithm extends HttpsJwksVerificationKeyResolver {

        KeysForTheirAlgorithm(HttpsJwks keys) {
            super(keys);
        }

        @Override
        protected JsonWebKey select(JsonWebSignature token, List<JsonWebKey> keys) throws JoseException {
            String algorithm = token.getAlgorithmHeaderValue();
            return super.select(token, keys.stream()
                .filter(key -> key.getAlgorithm() == null || key.getAlgorithm().equals(algorithm))
                .toList());
        }
    }

    private static void handle(HttpExchange exchange, JwtConsumer consumer) throws IOException {
        if (!exchange.getRequestMethod().equals("GET") || !exchange.getRequestURI().getPath().equals("/")) {
            answer(exchange, 404, Map.of("status", 404));
            return;
        }
        List<String> credentials = exchange.getRequestHeaders().getOrDefault("Authorization", List.of());
        if (credentials.stream().noneMatch(line -> line.regionMatches(true, 0, "Bearer", 0, 6))) {
            refuse(exchange, 401, "Bearer");
            return;
        }
        Matcher bearer = BEARER.matcher(credentials.get(0));
        if (credentials.size() > 1 || !bearer.matches()) {
            refuse(exchange, 400, "Bearer error=\"invalid_request\"");
            return;
        }
        try {
            String token = bearer.group(1);
            if (!COMPACT.matcher(token).matches()) {
                refuse(exchange, 401, "Bearer error=\"invalid_token\"");
                return;
            }
            JwtClaims claims = consumer.processToClaims(token);
            if (!scopes(claims).contains(SCOPE)) {
                refuse(exchange, 403, "Bearer error=\"insufficient_scope\", scope=\"" + SCOPE + '"');
                return;
            }
            answer(exchange, 200, Map.of("sub", claims.getSubject()));
        } catch (InvalidJwtException | MalformedClaimException refused) {
            refuse(exchange, 401, "Bearer error=\"invalid_token\"");
        }
    }

    private static List<String> scopes(JwtClaims claims) throws MalformedClaimException {
        if (RFC9068) {
            return claims.isClaimValueString("scope") ? List.of(claims.getStringClaimValue("scope").split(" ")) : List.of();
        }
        return claims.isClaimValueStringList("scp") ? claims.getStringListClaimValue("scp") : List.of();
    }

    private static void refuse(HttpExchange exchange, int status, String challenge) throws IOException {
        exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
        answer(exchange, status, Map.of("status", status));
    }

    private static void answer(HttpExchange exchange, int status, Map<String, ?> body) throws IOException {
        byte[] bytes = JsonUtil.toJson(body).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}

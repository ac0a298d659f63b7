import com.auth0.jwk.JwkException;
import com.auth0.jwk.JwkProvider;
import com.auth0.jwk.JwkProviderBuilder;
import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTVerifier;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.exceptions.JWTVerificationException;
import com.auth0.jwt.interfaces.DecodedJWT;
import com.auth0.jwt.interfaces.RSAKeyProvider;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.concurrent.Executors;

/** java-jwt, which gets its keys from jwks-rsa, with the defaults of its builder. */
public class Server {

    private static final String ISSUER = System.getenv("ISSUER");
    private static final JWTVerifier VERIFIER = JWT.require(Algorithm.RSA256(new Keys()))
        .withIssuer(ISSUER)
        .withAudience(System.getenv("AUDIENCE"))
        .build();

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(System.getenv("SERVER_PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", exchange -> {
            try (exchange) {
                handle(exchange);
            }
        });
        server.start();
    }

    private static class Keys implements RSAKeyProvider {

        private final JwkProvider provider = provider();

        private static JwkProvider provider() {
            try {
                return new JwkProviderBuilder(new URL(ISSUER + "/v1/keys")).build();
            } catch (MalformedURLException wrong) {
                throw new IllegalStateException(wrong);
            }
        }

        @Override
        public RSAPublicKey getPublicKeyById(String keyId) {
            try {
                return (RSAPublicKey) provider.get(keyId).getPublicKey();
            } catch (JwkException unknown) {
                throw new JWTVerificationException("no key", unknown);
            }
        }

        @Override
        public RSAPrivateKey getPrivateKey() {
            return null;
        }

        @Override
        public String getPrivateKeyId() {
            return null;
        }
    }

    private static void handle(HttpExchange exchange) throws IOException {
        String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        try {
            DecodedJWT token = VERIFIER.verify(authorization.substring(authorization.indexOf(' ') + 1));
            List<String> scopes = token.getClaim("scp").asList(String.class);
            int status = scopes != null && scopes.contains(System.getenv("SCOPE")) ? 200 : 403;
            answer(exchange, status, "{\"sub\":\"" + token.getSubject() + "\"}");
        } catch (JWTVerificationException refused) {
            answer(exchange, 401, "{}");
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        if (status == 401) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}

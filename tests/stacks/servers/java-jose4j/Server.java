import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.HttpsJwksVerificationKeyResolver;

/** jose4j with {@code HttpsJwks}, with its defaults. */
public class Server {

    private static final String ISSUER = System.getenv("ISSUER");
    private static final JwtConsumer CONSUMER = new JwtConsumerBuilder()
        .setVerificationKeyResolver(new HttpsJwksVerificationKeyResolver(new HttpsJwks(ISSUER + "/v1/keys")))
        .setJwsAlgorithmConstraints(ConstraintType.PERMIT, AlgorithmIdentifiers.RSA_USING_SHA256)
        .setExpectedIssuer(ISSUER)
        .setExpectedAudience(System.getenv("AUDIENCE"))
        .setRequireExpirationTime()
        .setRequireSubject()
        .setAllowedClockSkewInSeconds(30)
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

    private static void handle(HttpExchange exchange) throws IOException {
        String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        try {
            JwtClaims claims = CONSUMER.processToClaims(authorization.substring(authorization.indexOf(' ') + 1));
            int status = claims.getStringListClaimValue("scp").contains(System.getenv("SCOPE")) ? 200 : 403;
            answer(exchange, status, "{\"sub\":\"" + claims.getSubject() + "\"}");
        } catch (InvalidJwtException | MalformedClaimException refused) {
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

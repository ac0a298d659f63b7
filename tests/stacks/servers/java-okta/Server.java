import com.okta.jwt.AccessTokenVerifier;
import com.okta.jwt.Jwt;
import com.okta.jwt.JwtVerificationException;
import com.okta.jwt.JwtVerifiers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/** Okta's own verifier, with the defaults of its builder. */
public class Server {

    private static final AccessTokenVerifier VERIFIER = JwtVerifiers.accessTokenVerifierBuilder()
        .setIssuer(System.getenv("ISSUER"))
        .setAudience(System.getenv("AUDIENCE"))
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
            Jwt token = VERIFIER.decode(authorization.substring(authorization.indexOf(' ') + 1));
            Map<String, Object> claims = token.getClaims();
            boolean hasScope = claims.get("scp") instanceof List<?> scopes && scopes.contains(System.getenv("SCOPE"));
            answer(exchange, hasScope ? 200 : 403, "{\"sub\":\"" + claims.get("sub") + "\"}");
        } catch (JwtVerificationException refused) {
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

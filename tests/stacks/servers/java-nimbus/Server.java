import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;

/** Nimbus with a remote key set, with the defaults of its builder. */
public class Server {

    private static final String ISSUER = System.getenv("ISSUER");
    private static final DefaultJWTProcessor<SecurityContext> PROCESSOR = processor();

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

    private static DefaultJWTProcessor<SecurityContext> processor() {
        var processor = new DefaultJWTProcessor<SecurityContext>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, keys()));
        processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(
            System.getenv("AUDIENCE"),
            new JWTClaimsSet.Builder().issuer(ISSUER).build(),
            Set.of("sub", "exp")));
        return processor;
    }

    private static JWKSource<SecurityContext> keys() {
        try {
            return JWKSourceBuilder.create(new URL(ISSUER + "/v1/keys")).retrying(true).build();
        } catch (MalformedURLException wrong) {
            throw new IllegalStateException(wrong);
        }
    }

    private static void handle(HttpExchange exchange) throws IOException {
        String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        try {
            JWTClaimsSet claims = PROCESSOR.process(authorization.substring(authorization.indexOf(' ') + 1), null);
            List<String> scopes = claims.getStringListClaim("scp");
            int status = scopes != null && scopes.contains(System.getenv("SCOPE")) ? 200 : 403;
            answer(exchange, status, "{\"sub\":\"" + claims.getSubject() + "\"}");
        } catch (ParseException | BadJOSEException | JOSEException refused) {
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

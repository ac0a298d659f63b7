import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import javax.security.auth.callback.Callback;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallback;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler;

/** What a Kafka broker asks of a token in SASL/OAUTHBEARER, asked over HTTP. */
public final class Server {
    private static final String MECHANISM = OAuthBearerLoginModule.OAUTHBEARER_MECHANISM;

    private final OAuthBearerValidatorCallbackHandler broker = new OAuthBearerValidatorCallbackHandler();
    private final String scope = System.getenv("SCOPE");

    private Server() {
        String keys = System.getenv("JWKS_URI");
        System.setProperty("org.apache.kafka.sasl.oauthbearer.allowed.urls", keys);
        ConfigDef known = new ConfigDef();
        SaslConfigs.addClientSaslSupport(known);
        AbstractConfig settings = new AbstractConfig(known, Map.of(
                SaslConfigs.SASL_OAUTHBEARER_JWKS_ENDPOINT_URL, keys,
                SaslConfigs.SASL_OAUTHBEARER_EXPECTED_ISSUER, System.getenv("ISSUER"),
                SaslConfigs.SASL_OAUTHBEARER_EXPECTED_AUDIENCE, System.getenv("AUDIENCE"),
                SaslConfigs.SASL_OAUTHBEARER_SCOPE_CLAIM_NAME, "scp"));
        String module = OAuthBearerLoginModule.class.getName();
        var login = new AppConfigurationEntry(module, LoginModuleControlFlag.REQUIRED, Map.of());
        broker.configure(settings.values(), MECHANISM, List.of(login));
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            int status = status(exchange.getRequestHeaders().get("Authorization"));
            String challenge = switch (status) {
                case 400 -> "Bearer error=\"invalid_request\"";
                case 401 -> "Bearer error=\"invalid_token\"";
                case 403 -> "Bearer error=\"insufficient_scope\"";
                default -> null;
            };
            if (challenge != null) {
                exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
            }
            exchange.sendResponseHeaders(status, -1);
        } catch (Exception failure) {
            failure.printStackTrace();
            throw new IOException(failure);
        }
    }

    private int status(List<String> credentials) throws Exception {
        if (credentials == null) {
            return 401;
        }
        if (credentials.size() > 1) {
            return 400;
        }
        String[] words = credentials.get(0).trim().split(" +");
        if (words.length != 2 || !words[0].equalsIgnoreCase("Bearer")) {
            return 401;
        }
        var question = new OAuthBearerValidatorCallback(words[1]);
        broker.handle(new Callback[] {question});
        if (question.token() == null) {
            return 401;
        }
        return question.token().scope().contains(scope) ? 204 : 403;
    }

    /** Listens on the loopback. */
    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(System.getenv("PORT"));
        Server server = new Server();
        HttpServer http = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        http.setExecutor(Executors.newCachedThreadPool());
        http.createContext("/", server::answer);
        http.start();
    }
}

package client;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.boot.SpringApplication;
import tools.jackson.databind.json.JsonMapper;

/** A user of the application, and a program that calls its API. */
public class Client {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, String> ENV = System.getenv();

    private final Browser browser = new Browser();
    private final URI app;

    Client(String port) {
        app = URI.create("http://localhost:" + port);
    }

    public static void main(String[] steps) {
        var client = new Client(SpringApplication.run(App.class).getEnvironment().getRequiredProperty("local.server.port"));
        for (String step : steps) {
            var line = new LinkedHashMap<String, Object>(Map.of("step", step, "ok", true));
            try {
                line.putAll(client.take(step));
            } catch (Exception exception) {
                line.putAll(Map.of("ok", false, "error", exception.toString()));
            }
            System.out.println(JSON.writeValueAsString(line));
            if (line.get("ok").equals(false)) System.exit(1);
        }
        System.exit(0);
    }

    private Map<String, ?> take(String step) throws Exception {
        return switch (step) {
            case "sign-in" -> json(browser.browse(app.resolve("/oauth2/authorization/okta")));
            case "refresh" -> refresh();
            case "api" -> json(callApi(serviceToken()));
            case "api-refusal" -> {
                var refusal = callApi(ENV.get("EXPIRED_TOKEN"));
                String why = refusal.headers().firstValue("www-authenticate").orElse("");
                yield Map.of("status", refusal.statusCode(), "told", why.contains("Jwt expired"));
            }
            case "logout" -> logout();
            default -> throw new IllegalArgumentException("there is no such step");
        };
    }

    private Map<String, ?> refresh() throws Exception {
        Object before = json(browser.browse(app.resolve("/token"))).get("token");
        Object after = json(browser.browse(app.resolve("/renewed"))).get("token");
        Object kept = json(browser.browse(app.resolve("/token"))).get("token");
        return Map.of("fresh", !before.equals(after), "kept", kept.equals(after));
    }

    private Map<String, ?> logout() throws Exception {
        URI address = app.resolve("/logout");
        var page = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"").matcher(browser.browse(address).body());
        if (!page.find()) throw new IllegalStateException("no form");
        URI issuer = Browser.target(browser.send(Browser.form(address, Map.of("_csrf", page.group(1)))));
        return Map.of("back", Browser.target(browser.send(HttpRequest.newBuilder(issuer))).getPath());
    }

    private HttpResponse<String> callApi(String token) throws Exception {
        return browser.send(HttpRequest.newBuilder(app.resolve("/api")).header("authorization", "Bearer " + token));
    }

    private String serviceToken() throws Exception {
        var fields = Map.of("grant_type", "client_credentials", "scope", ENV.get("SCOPE"),
            "client_id", ENV.get("CLIENT_ID"), "client_secret", ENV.get("CLIENT_SECRET"));
        return json(browser.send(Browser.form(URI.create(ENV.get("ISSUER") + "/v1/token"), fields))).get("access_token").toString();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> json(HttpResponse<String> response) {
        if (response.statusCode() != 200) throw new IllegalStateException(response + response.body());
        return JSON.readValue(response.body(), Map.class);
    }
}

package client;

import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/** A browser with cookies, whose user the issuer takes for alice. */
class Browser {

    private final HttpClient http = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

    /** Goes there and on through all redirects. */
    HttpResponse<String> browse(URI address) throws Exception {
        var response = send(HttpRequest.newBuilder(address));
        for (int hops = 0; response.statusCode() / 100 == 3 && hops < 10; hops++) {
            URI next = target(response);
            String whose = next.getPath().endsWith("/authorize") ? "&login_hint=alice@example.com" : "";
            response = send(HttpRequest.newBuilder(URI.create(next + whose)));
        }
        return response;
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** Where a redirect goes to. */
    static URI target(HttpResponse<String> redirect) {
        var location = redirect.headers().firstValue("location");
        return redirect.uri().resolve(location.orElseThrow(() -> new IllegalStateException(redirect + redirect.body())));
    }

    static HttpRequest.Builder form(URI address, Map<String, String> fields) {
        String body = fields.entrySet().stream()
            .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
        return HttpRequest.newBuilder(address).header("content-type", "application/x-www-form-urlencoded").POST(BodyPublishers.ofString(body));
    }
}

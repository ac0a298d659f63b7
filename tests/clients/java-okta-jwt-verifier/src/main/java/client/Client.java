package client;

import com.okta.jwt.AccessTokenVerifier;
import com.okta.jwt.IdTokenVerifier;
import com.okta.jwt.JwtVerificationException;
import com.okta.jwt.JwtVerifiers;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;

/** Tokens of the issuer, checked by Okta's verifier for Java. */
public class Client {

    private static final String ISSUER = System.getenv("ISSUER");
    private static final String CLIENT_ID = System.getenv("CLIENT_ID");
    private static final String CALLBACK = "http://localhost:3000/callback";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    public static void main(String[] steps) throws Exception {
        for (String step : steps) {
            String refused = switch (step) {
                case "access-token" -> access();
                case "id-token" -> identity();
                default -> throw new IllegalArgumentException("there is no such step");
            };
            System.out.printf("{\"step\":\"%s\",\"ok\":true,\"refused\":\"%s\"}%n", step, refused);
        }
    }

    /** Takes it, and tells why it is refused for another audience. */
    private static String access() throws Exception {
        String token = token("access_token", Map.of("grant_type", "client_credentials", "scope", System.getenv("SCOPE")));
        accessVerifier(System.getenv("AUDIENCE")).decode(token);
        return complaint(() -> accessVerifier("api://other").decode(token));
    }

    /** Takes it, and tells why it is refused with another nonce. */
    private static String identity() throws Exception {
        String query = form(Map.of("client_id", CLIENT_ID, "response_type", "code", "scope", "openid", "redirect_uri", CALLBACK,
            "state", "s", "nonce", "n", "login_hint", "alice@example.com"));
        var request = HttpRequest.newBuilder(URI.create(ISSUER + "/v1/authorize?" + query)).build();
        String back = HTTP.send(request, BodyHandlers.discarding()).headers().firstValue("location").orElseThrow();
        String code = back.replaceAll(".*[?&]code=([^&]*).*", "$1");
        String token = token("id_token", Map.of("grant_type", "authorization_code", "code", code, "redirect_uri", CALLBACK));
        IdTokenVerifier verifier = JwtVerifiers.idTokenVerifierBuilder().setIssuer(ISSUER).setClientId(CLIENT_ID).build();
        verifier.decode(token, "n");
        return complaint(() -> verifier.decode(token, "another"));
    }

    private static AccessTokenVerifier accessVerifier(String audience) {
        return JwtVerifiers.accessTokenVerifierBuilder().setIssuer(ISSUER).setAudience(audience).build();
    }

    private interface Check {
        void run() throws JwtVerificationException;
    }

    private static String complaint(Check check) {
        try {
            check.run();
        } catch (JwtVerificationException exception) {
            return exception.getMessage() + ": " + exception.getCause().getMessage();
        }
        throw new IllegalStateException("it was taken");
    }

    private static String token(String which, Map<String, String> fields) throws Exception {
        String credentials = CLIENT_ID + ":" + System.getenv("CLIENT_SECRET");
        var request = HttpRequest.newBuilder(URI.create(ISSUER + "/v1/token"))
            .header("authorization", "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)))
            .header("content-type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form(fields)));
        String body = HTTP.send(request.build(), BodyHandlers.ofString()).body();
        var token = Pattern.compile('"' + which + "\":\"([^\"]+)\"").matcher(body);
        if (!token.find()) throw new IllegalStateException(body);
        return token.group(1);
    }

    private static String form(Map<String, String> fields) {
        return String.join("&", fields.entrySet().stream().map(field ->
            field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8)).toList());
    }
}

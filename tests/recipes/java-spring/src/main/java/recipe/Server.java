package recipe;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.Resource;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtAudienceValidator;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.MappedJwtClaimSetConverter;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.authentication.JwtGrantedAuthoritiesConverter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An API behind OAuth 2.0: Spring Boot as a resource server. */
@SpringBootApplication
@RestController
public class Server {

    private static final JsonMapper JSON = new JsonMapper();

    @Value("${ISSUER}") String issuer;
    @Value("${AUDIENCE}") String audience;
    @Value("${SCOPE}") String scope;
    @Value("${JWKS_URI:${ISSUER}/v1/keys}") URI keys; // where Okta's key set is
    @Value("#{'${TOKEN_SHAPE:okta}' == 'rfc9068'}") boolean rfc9068;

    public static void main(String[] arguments) {
        SpringApplication.run(Server.class, arguments);
    }

    @GetMapping("/")
    Map<String, String> answer(@AuthenticationPrincipal Jwt token) {
        return Map.of("sub", token.getSubject());
    }

    @Bean
    SecurityFilterChain security(HttpSecurity http) {
        var scopes = new JwtGrantedAuthoritiesConverter();
        scopes.setAuthoritiesClaimName(rfc9068 ? "scope" : "scp");
        var converter = new JwtAuthenticationConverter();
        converter.setJwtGrantedAuthoritiesConverter(scopes);
        AccessDeniedHandler lacksScope = (request, response, exception) -> {
            response.addHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"insufficient_scope\", scope=\"" + scope + '"');
            response.setStatus(HttpStatus.FORBIDDEN.value());
        };
        return http
            .authorizeHttpRequests(route -> route
                .dispatcherTypeMatchers(DispatcherType.ERROR).permitAll()
                .anyRequest().hasAuthority("SCOPE_" + scope))
            .oauth2ResourceServer(server -> server
                .accessDeniedHandler(lacksScope)
                .jwt(jwt -> jwt.jwtAuthenticationConverter(converter)))
            .build();
    }

    @Bean
    JwtDecoder decoder(JWKSource<SecurityContext> keys) {
        var decoder = NimbusJwtDecoder.withJwkSource(keys).jwsAlgorithm(SignatureAlgorithm.RS256).build();
        decoder.setJwtValidator(rfc9068
            ? JwtValidators.createAtJwtValidator().issuer(issuer).audience(audience)
                .validators(all -> all.put("scope", typed("scope", String.class::isInstance)))
                .build()
            : JwtValidators.createDefaultWithValidators(
                new JwtIssuerValidator(issuer),
                new JwtAudienceValidator(audience),
                required("exp"), required("sub"),
                required("cid"), // an access token's: an ID token has none
                typed("scp", scp -> scp instanceof List<?> list && list.stream().allMatch(String.class::isInstance))));
        // RFC 7519 section 2: `iss` is compared as a text, letter by letter, and not as a URL.
        decoder.setClaimSetConverter(MappedJwtClaimSetConverter.withDefaults(Map.of("iss", iss -> iss)));
        return token -> {
            try {
                checkForm(token);
                return decoder.decode(token);
            } catch (JwtException exception) {
                // No fetch is due: so the key is unknown, which is no failure of this server.
                boolean pausing = exception.getCause() instanceof RateLimitReachedException;
                throw pausing ? new BadJwtException("unknown key", exception) : exception;
            }
        };
    }

    /** RFC 7515 section 5.2: base64url and nothing else, a header in UTF-8; 4.1.11: no extension is understood here. */
    private static void checkForm(String token) {
        try {
            if (!token.matches("([A-Za-z0-9_-]+\\.){2}[A-Za-z0-9_-]+")) throw new IllegalArgumentException("characters");
            byte[] header = Base64.getUrlDecoder().decode(token.substring(0, token.indexOf('.')));
            if (JSON.readTree(header).has("crit")) throw new IllegalArgumentException("crit");
        } catch (IllegalArgumentException | JacksonException exception) {
            throw new BadJwtException("malformed", exception);
        }
    }

    @Bean
    JWKSource<SecurityContext> keys() throws Exception {
        return JWKSourceBuilder.create(keys.toURL(), new UsableKeys())
            .cache(30_000, 10_000)
            .refreshAheadCache(false)
            .rateLimited(1_000)
            .build();
    }

    /**
     * Leaves out of the key set what can't be read, as RFC 7517 section 5 recommends, where Nimbus would take none of the
     * set, and what is no RSA key of 2048 bits or more (RFC 7518 section 3.3).
     */
    private static class UsableKeys extends DefaultResourceRetriever {

        UsableKeys() {
            super(2000, 2000, 1 << 20);
        }

        @Override
        public Resource retrieveResource(URL url) throws IOException {
            Resource resource = super.retrieveResource(url);
            var usable = new ArrayList<JsonNode>();
            for (JsonNode key : JSON.readTree(resource.getContent()).path("keys")) {
                try {
                    if (JWK.parse(key.toString()) instanceof RSAKey rsa && rsa.size() >= 2048) usable.add(key);
                } catch (ParseException unreadable) {
                    // not ours
                }
            }
            return new Resource(JSON.writeValueAsString(Map.of("keys", usable)), resource.getContentType());
        }
    }

    private static OAuth2TokenValidator<Jwt> required(String claim) {
        return new JwtClaimValidator<>(claim, value -> value != null);
    }

    /** RFC 6749 section 3.3: of another type, a claim grants nothing; and it is no failure of this server. */
    private static OAuth2TokenValidator<Jwt> typed(String claim, Predicate<Object> isOfType) {
        return new JwtClaimValidator<>(claim, value -> value == null || isOfType.test(value));
    }
}

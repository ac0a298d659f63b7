package client;

import java.time.Duration;
import java.util.Map;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.RefreshTokenOAuth2AuthorizedClientProvider;
import org.springframework.security.oauth2.client.annotation.RegisteredOAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A web application that signs its users in, and an API behind access tokens. */
@SpringBootApplication
@RestController
public class App {

    private final OAuth2AuthorizedClientService clients;

    App(OAuth2AuthorizedClientService clients) {
        this.clients = clients;
    }

    @GetMapping("/")
    Map<String, String> home(@AuthenticationPrincipal OidcUser user) {
        return Map.of("sub", user.getSubject(), "email", user.getEmail());
    }

    @GetMapping("/token")
    Map<String, String> token(@AuthenticationPrincipal OidcUser user) {
        return Map.of("token", clients.loadAuthorizedClient("okta", user.getName()).getAccessToken().getTokenValue());
    }

    /** By itself: the token is renewed before it is handed to this method. */
    @GetMapping("/renewed")
    Map<String, String> renewed(@RegisteredOAuth2AuthorizedClient("okta") OAuth2AuthorizedClient client) {
        return Map.of("token", client.getAccessToken().getTokenValue());
    }

    @GetMapping("/api")
    Map<String, String> api(@AuthenticationPrincipal Jwt token) {
        return Map.of("cid", token.getClaimAsString("cid"));
    }

    @Bean
    @Order(1)
    SecurityFilterChain api(HttpSecurity http) {
        return http.securityMatcher("/api")
            .authorizeHttpRequests(route -> route.anyRequest().hasAuthority("SCOPE_" + System.getenv("SCOPE")))
            .oauth2ResourceServer(server -> server.jwt(Customizer.withDefaults()))
            .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
            .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain web(HttpSecurity http, ClientRegistrationRepository clients) {
        var issuer = new OidcClientInitiatedLogoutSuccessHandler(clients);
        issuer.setPostLogoutRedirectUri("{baseUrl}/over");
        return http
            .authorizeHttpRequests(route -> route.anyRequest().authenticated())
            .oauth2Login(Customizer.withDefaults())
            .logout(logout -> logout.logoutSuccessHandler(issuer))
            .build();
    }

    /** Every token is about to expire, so that one need not wait for an hour. */
    @Bean
    RefreshTokenOAuth2AuthorizedClientProvider refresh() {
        var provider = new RefreshTokenOAuth2AuthorizedClientProvider();
        provider.setClockSkew(Duration.ofHours(2));
        return provider;
    }
}

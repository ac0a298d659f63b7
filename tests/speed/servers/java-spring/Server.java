package speed;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Spring Boot as a resource server, with its defaults; the settings are in {@code start}. */
@SpringBootApplication
@RestController
public class Server {

    public static void main(String[] arguments) {
        SpringApplication.run(Server.class, arguments);
    }

    @Bean
    SecurityFilterChain security(HttpSecurity http, @Value("${scope}") String scope) throws Exception {
        return http.authorizeHttpRequests(route -> route.anyRequest().hasAuthority("SCOPE_" + scope))
            .oauth2ResourceServer(server -> server.jwt(Customizer.withDefaults()))
            .build();
    }

    /** Beside the usual checks, which take a token without an expiry. */
    @Bean
    OAuth2TokenValidator<Jwt> expires() {
        return new JwtClaimValidator<Instant>(JwtClaimNames.EXP, Objects::nonNull);
    }

    @GetMapping("/")
    Map<String, Object> answer(@AuthenticationPrincipal Jwt token) {
        return Map.of("sub", token.getSubject());
    }
}

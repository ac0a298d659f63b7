import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Fetches the key set at JWKS_URI with whatever this virtual machine trusts, says what came, and ends. */
public class Fetch {
    public static void main(String[] arguments) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(System.getenv("JWKS_URI"))).build();
        var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        System.out.println("fetched " + answer.statusCode() + " with keys: " + answer.body().contains("\"keys\""));
        System.out.println("heap " + Runtime.getRuntime().maxMemory() / 1024 / 1024);
    }
}

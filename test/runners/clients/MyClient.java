import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;

final class MyClient {
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> provider;
    private final Map<String, Object> tokens;

    MyClient(Map<String, String> provider, Map<String, Object> tokens) {
        this.provider = provider;
        this.tokens = tokens;
    }

    private static String form(String... fields) {
        var made = new StringBuilder();
        for (int i = 0; i < fields.length; i += 2) made.append(fields[i]).append('=').append(URLEncoder.encode(fields[i + 1], StandardCharsets.UTF_8)).append('&');
        return made.toString();
    }

    void call() throws Exception {
        var request = HttpRequest.newBuilder(URI.create(provider.get("userinfoUrl"))).header("authorization", "Bearer " + tokens.get("accessToken")).build();
        if (http.send(request, BodyHandlers.ofString()).statusCode() != 401) return;
        var body = form("grant_type", "refresh_token", "refresh_token", (String) tokens.get("refreshToken"), "client_id", provider.get("clientId"), "client_secret", provider.get("clientSecret"));
        http.send(HttpRequest.newBuilder(URI.create(provider.get("tokenUrl"))).header("content-type", "application/x-www-form-urlencoded").POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }
}

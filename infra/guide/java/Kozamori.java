import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Sends events to Kozamori and takes its callbacks. Java 17 or newer, nothing else.
 *
 * <pre>
 * java Kozamori.java send ACCOUNT_REF YEN
 * java Kozamori.java receive PORT
 * java Kozamori.java vector FILE
 * </pre>
 *
 * KOZAMORI_URL, KOZAMORI_BANK and KOZAMORI_BANK_SECRET (whsec_...) say where to and as whom.
 */
public class Kozamori {
    static final long CLOCK = 300; // seconds by which a callback's time may be off
    static final int LARGEST = 1 << 20; // bytes of a callback
    /** As a passbook shows it, in half-width kana: DOKOMOKOUZA. */
    static final String DESCRIPTOR = "\uff84\uff9e\uff7a\uff93\uff7a\uff73\uff7b\uff9e";

    /** The signature of a body, as it stands in webhook-signature. */
    static String sign(String secret, String id, String timestamp, byte[] body) throws GeneralSecurityException {
        byte[] key = Base64.getDecoder().decode(secret.replaceFirst("^whsec_", ""));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
        return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    }

    /** Whether the sender knows the secret, and sent this within the last minutes. */
    static boolean verified(String secret, String id, String timestamp, String signatures, byte[] body, Instant now)
            throws GeneralSecurityException {
        if (id == null || timestamp == null || signatures == null || !timestamp.matches("\\d{1,12}")) return false;
        if (Math.abs(now.getEpochSecond() - Long.parseLong(timestamp)) > CLOCK) return false;
        byte[] want = sign(secret, id, timestamp, body).getBytes(StandardCharsets.UTF_8);
        boolean is = false;
        for (String given : signatures.split(" ")) { // while a secret is being replaced there are two
            is |= MessageDigest.isEqual(want, given.getBytes(StandardCharsets.UTF_8));
        }
        return is;
    }

    static void send(String accountRef, long yen) throws Exception {
        Instant now = Instant.now();
        String name = UUID.randomUUID().toString();
        // id is of this message: the same when it is sent again; transaction_id is of
        // the debit: the same from pending to reversed. Your JSON library writes this.
        byte[] body = """
            {"events":[{"id":"evt-%s","type":"debit","transaction_id":"txn-%s","account_ref":"%s","occurred_at":"%s",\
            "amount":%d,"currency":"JPY","descriptor":"%s","status":"posted"}]}"""
            .formatted(name, name, accountRef, now.truncatedTo(ChronoUnit.MILLIS), yen, DESCRIPTOR).getBytes(StandardCharsets.UTF_8);
        String id = "msg-" + name, timestamp = Long.toString(now.getEpochSecond());
        HttpRequest request = HttpRequest.newBuilder(URI.create(env("URL") + "/v1/banks/" + env("BANK") + "/events"))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", sign(env("BANK_SECRET"), id, timestamp, body))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        System.out.println(answer.statusCode() + " " + answer.body());
        // 429 and 5xx: send the same again, with the same webhook-id, after Retry-After.
        if (answer.statusCode() != 202) System.exit(1);
    }

    static void receive(int port) throws IOException {
        String secret = env("BANK_SECRET");
        Set<String> seen = ConcurrentHashMap.newKeySet(); // belongs into your database
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readNBytes(LARGEST);
            var headers = exchange.getRequestHeaders();
            String id = headers.getFirst("webhook-id");
            boolean ours;
            try {
                ours = verified(secret, id, headers.getFirst("webhook-timestamp"), headers.getFirst("webhook-signature"), body, Instant.now());
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                ours = false;
            }
            // The same webhook-id may come again: it is taken once, and answered 2xx each time.
            if (ours && seen.add(id)) {
                String told = new String(body, StandardCharsets.UTF_8);
                System.out.println(member(told, "type") + " " + member(told, "reference"));
            }
            exchange.sendResponseHeaders(ours ? 204 : 401, -1);
            exchange.close();
        });
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
        System.out.println("listening on " + server.getAddress().getPort());
    }

    /** A text in a body, as far as this sample needs it. Your JSON library reads this. */
    static String member(String json, String name) {
        var found = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]*)\"").matcher(json);
        return found.find() ? found.group(1) : "-";
    }

    static void vector(String file) throws Exception {
        String v = Files.readString(Path.of(file));
        String secret = "whsec_" + Base64.getEncoder().encodeToString(member(v, "key").getBytes(StandardCharsets.UTF_8));
        String body = v.replaceFirst("(?s).*\"body\": \"(.*)\"\\s*}\\s*$", "$1").replace("\\\"", "\"");
        System.out.println(sign(secret, member(v, "id"), member(v, "timestamp"), body.getBytes(StandardCharsets.UTF_8)));
    }

    static String env(String name) {
        String value = System.getenv("KOZAMORI_" + name);
        if (value == null) throw new IllegalStateException("KOZAMORI_" + name + " is not set");
        return value;
    }

    public static void main(String[] args) throws Exception {
        if (args.length == 3 && args[0].equals("send")) send(args[1], Long.parseLong(args[2]));
        else if (args.length == 2 && args[0].equals("receive")) receive(Integer.parseInt(args[1]));
        else if (args.length == 2 && args[0].equals("vector")) vector(args[1]);
        else {
            System.err.println("send ACCOUNT_REF YEN, receive PORT, or vector FILE");
            System.exit(2);
        }
    }
}
